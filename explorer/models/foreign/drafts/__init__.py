"""When no recogniser knows a file: layers proposed from key order, shapes and gaps, with what is guessed to choose.

`pieces` names the modules of a file, `split` says which of them make the picture, `route` follows the widths, `ways`
lists strides and paddings that lead to a picture, `writing` writes the layers, `asking` lists the questions, `draft`
puts it all together into a manifest. A choice is a text by the name of its question; what nobody chose is guessed, and
said to be.
"""
