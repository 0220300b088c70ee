"""The map: samples as points or pictures, and everything that happens on them."""
