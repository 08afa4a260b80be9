"""How the services look and answer: layout, sign-in check, languages, forms, errors. Knows no service and no event."""
