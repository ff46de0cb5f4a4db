"""Moving everything from one database into another: `hexin migrate --to`, begun by moving.py.

Rows go table by table in the order of their references; each batch and how far it came are one
transaction of the target, so a kill at any point costs the batch at work. While a move is not
finished the target names no version of its tables, and nothing opens it.
"""
