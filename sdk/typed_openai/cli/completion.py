"""``typed-openai completion``: a script for a shell's completion of commands, operations and arguments."""

from __future__ import annotations

import argparse
from typing import Final

_BASH: Final = """\
# For bash: eval "$(typed-openai completion bash)"
_typed_openai() {
    local IFS=$'\\n'
    COMPREPLY=($("$1" _complete "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null))
    # Inside a folder there is more to complete.
    if [[ "${COMPREPLY[*]}" == */ ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _typed_openai typed-openai
"""

_ZSH: Final = """\
#compdef typed-openai
# For zsh, after compinit: eval "$(typed-openai completion zsh)"
_typed_openai() {
    local -a found folders
    local line="${(j: :)words[1,CURRENT-1]} $PREFIX"
    found=("${(@Q)${(@f)$("${words[1]}" _complete "$line" "$PREFIX" 2>/dev/null)}}")
    if [[ -z "${found[1]}" ]]; then compset -P '*@'; _files; return; fi
    # Inside a folder there is more to complete.
    folders=("${(@M)found:#*/}") found=("${(@)found:#*/}")
    if (( $#folders )); then compadd -S '' -- "${folders[@]}"; fi
    if (( $#found )); then compadd -- "${found[@]}"; fi
}
compdef _typed_openai typed-openai
"""

SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH}
"""The script of each shell."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``completion``."""
    parser = subparsers.add_parser(
        "completion",
        help="print a script that completes commands in a shell",
        description="Print a script that completes commands, operations, arguments and values in a shell.",
    )
    parser.add_argument(
        "shell", choices=tuple(SCRIPTS), help='use it as: eval "$(typed-openai completion bash)"'
    )


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    print(SCRIPTS[args.shell], end="")
    return 0
