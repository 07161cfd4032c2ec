"""Python types as JSON Schemas, and JSON values as Python values of those types.

From bottom to top: the nodes of a shape, the scope of annotations, the fields of classes, the walk from a
type to its shape, and the two uses of a shape: writing its schema, and reading values.
"""
