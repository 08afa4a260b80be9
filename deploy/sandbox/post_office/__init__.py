"""The sandbox's post office: a stand-in for the public post, another organisation. `python -m deploy.sandbox.post_office`.

It shares nothing with Một Cửa but the event contract: it reads `intake.post-orders`, opens the recipient that is sealed for it,
"carries" the parcel, and publishes to `post.shipments` what became of it; at its counter (`POST /post/collections`) citizens
hand in dossiers, which it publishes as collected. The address is forgotten with the delivery. In production the real post
takes its part, and nothing of ours changes.
"""
