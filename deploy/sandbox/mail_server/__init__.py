"""The sandbox's mail server: takes any mail, sends none on, and keeps what it took. `python -m deploy.sandbox.mail_server`."""
