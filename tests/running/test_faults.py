"""What docs/running.md says about a lost key."""

from __future__ import annotations

import re

from quiz import create_app
from tests.clients import Client
from tests.factories import all_answers, join_path, make_team


def share_path(client: Client, owner_path: str) -> str:
    """The path of the only share link, as the page of its owner shows it."""
    paths: list[str] = re.findall(r'value="http://localhost(/s/[^"]+)"', client.get(f"{owner_path}/manage").text)
    assert len(paths) == 1
    return paths[0]


def test_without_its_key_an_instance_opens_all_links_and_shows_share_and_join_links_that_do_not_work(tmp_path, bank):
    instance = tmp_path / "instance"
    app = create_app(instance=instance)
    client = Client(app)
    owner_path = client.take(all_answers(bank, "weekly"))
    client.send(f"{owner_path}/shares", {"label": "a"}, page=f"{owner_path}/manage")
    lead = make_team(client)
    share, join = share_path(client, owner_path), join_path(client, lead)
    app.storage.close()

    (instance / "secret.key").unlink()
    client = Client(create_app(instance=instance))
    for path in (owner_path, share, lead, join):
        assert client.get(path).status_code == 200, path
    shown_share, shown_join = share_path(client, owner_path), join_path(client, lead)
    assert shown_share != share
    assert shown_join != join
    assert client.get(shown_share).status_code == 404
    assert client.get(shown_join).status_code == 404

    client.send(f"{lead}/links", page=lead)
    assert client.get(join_path(client, lead)).status_code == 200
