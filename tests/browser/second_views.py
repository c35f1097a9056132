"""Second views in every state, for the browser tests: the paths of their owners and viewers."""

from __future__ import annotations

from quiz.web.app import App
from tests.browser.teams import LONG_NAME
from tests.clients import Client
from tests.factories import answer_view, ask_for_view, begin_view, make_response, make_second_view

#: Every group of the comparison has something in it: what the owner says, and what the viewer sees.
OWN = {"insights": "daily", "trends": "daily", "dashboards": "weekly", "pipelines": "weekly", "data-quality": "daily"}
OWN |= {"infrastructure": "skip", "exploration": "monthly", "ingest-transform-serve": "weekly"}
SEEN = {"insights": "daily", "trends": "monthly", "dashboards": "weekly", "pipelines": "skip", "data-quality": "never"}
SEEN |= {"infrastructure": "weekly", "exploration": "daily", "ingest-transform-serve": "skip", "ci-cd": "weekly"}
PRIORITIES = ("insights", "ci-cd", "monitoring", "predictive-models", "pipelines")


def create_second_views(app: App) -> dict[str, str]:
    """The paths of owner links (`… owner`), view links and viewer links, by a name for the state."""
    client, bank = Client(app), app.bank
    never = dict.fromkeys(bank.responsibility, "never")
    own, seen = never | OWN, never | SEEN

    asked, sent, opened = (make_response(app, own) for _ in range(3))
    paths = {"asked owner": asked, "view": ask_for_view(client, asked)}
    begun_view = ask_for_view(client, make_response(app, own), LONG_NAME, LONG_NAME)
    paths |= {"begun view": begun_view, "viewer": begin_view(client, begun_view)}
    _, paths["answering viewer"] = make_second_view(client, make_response(app, own), seen, *PRIORITIES)
    client.send(f"{paths['answering viewer']}/take-back", page=paths["answering viewer"])
    paths["sent owner"] = sent
    _, paths["sent viewer"] = make_second_view(client, sent, seen, *PRIORITIES)
    paths["opened owner"] = opened
    _, paths["opened viewer"] = make_second_view(client, opened, seen, *PRIORITIES)
    client.send(f"{opened}/second-view/open")

    # The longest comparison: the viewer sees nothing of all that the owner does.
    paths["full owner"] = full = make_response(app, dict.fromkeys(bank.responsibility, "daily"))
    viewer = begin_view(client, ask_for_view(client, full, LONG_NAME, LONG_NAME))
    answer_view(client, viewer, dict.fromkeys(bank.responsibility, "skip"), *PRIORITIES)
    client.send(f"{full}/second-view/open")
    return paths
