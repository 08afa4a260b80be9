"""What notify says to the world: letters, and the gateways that carry them."""
