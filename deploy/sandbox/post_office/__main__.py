"""`python -m deploy.sandbox.post_office`."""

from deploy.sandbox.post_office.main import main

main()
