"""Places: boroughs, districts and the names people use for them."""
