"""The costs of a path in words and lanes."""

from __future__ import annotations

from explorer.latents.paths.costs import Bill, Costs
from explorer.ui.widgets.lanes import Lane


def lanes_of(bill: Bill) -> list[Lane]:
    """Change of the picture, distance to the data, length of the latent, and log p where the model knows it exactly."""
    lanes = [Lane("change", bill.steps, lambda value: f"{100 * value:.2f} % of the range of a pixel, root mean square")]
    if bill.distances is not None:
        usual = f"usual: up to {bill.usual:.2f}"
        lanes.append(Lane("distance", bill.distances, lambda value: f"{value:.2f} to the nearest sample ({usual})"))
    lanes.append(Lane("length", bill.lengths, lambda value: f"|z| = {value:.2f}"))
    if bill.log_p is not None:
        lanes.append(Lane("log p", bill.log_p, lambda value: f"{value:,.0f} nats"))
    return lanes


def total_told(costs: Costs) -> str:
    """The whole path in one line."""
    return (
        f"Whole path: latent length {costs.latent_length:.3g}, picture length {costs.picture_length:.3g}, "
        f"largest over median change {costs.jump:.3g}, pixel path length {costs.pixel_path_length:.3g}"
    )
