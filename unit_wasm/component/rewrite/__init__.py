"""What is changed of a component before it is compiled."""
