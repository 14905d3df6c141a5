"""What a component is, as far as somebody who serves it has to know."""
