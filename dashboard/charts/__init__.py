"""Pure figure builders: data in, figure and its alternative text out."""
