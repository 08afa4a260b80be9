"""`make audit`: what an installation is made of, down to what lies inside wheels and jars, and what is to be said against it."""
