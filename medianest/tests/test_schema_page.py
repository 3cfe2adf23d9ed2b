"""docs/schema.md shows what stands in the database's catalogue, whoever put it there."""

from __future__ import annotations

import pytest
from django.db import connection

from tools.schema import catalogue, markdown, meaning

pytestmark = pytest.mark.django_db

MADE = """
    CREATE TABLE nests (id uuid PRIMARY KEY, owner_id uuid NOT NULL REFERENCES users (id), eggs smallint DEFAULT 3,
        name text UNIQUE, CONSTRAINT nests_eggs CHECK (eggs > 0));
    COMMENT ON TABLE nests IS 'Where birds live.';
    CREATE INDEX nests_few ON nests (eggs) WHERE eggs < 2;
    ALTER TABLE nests ENABLE ROW LEVEL SECURITY;
    ALTER TABLE nests FORCE ROW LEVEL SECURITY;
    CREATE POLICY nests_own ON nests FOR SELECT TO mn_app USING (eggs = 1 OR eggs = 2);
    CREATE FUNCTION nests_no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER nests_kept BEFORE DELETE ON nests FOR EACH ROW EXECUTE FUNCTION nests_no();
    REVOKE ALL ON nests FROM mn_app, mn_staff, mn_worker;
    GRANT SELECT, INSERT ON nests TO mn_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON nests TO mn_staff;
"""


def chapter() -> str:
    """What the page says about `nests`, among the tables without a model."""
    with connection.cursor() as cursor:
        cursor.execute(MADE)
    page = markdown.page(catalogue.read(), meaning.by_table(), ["accounts"])
    return page.split("### nests\n")[1].split("\n### ")[0]


@pytest.mark.parametrize(
    "line",
    [
        "Where birds live.",
        "Row security: forced.",
        "Rights: `mn_app`: insert, select; `mn_worker`: none.",
        "| owner_id | `uuid` |  |  |  |",
        "| eggs | `smallint` | null | `3` |  |",
        "| nests_eggs | check | `CHECK (eggs > 0)` |  |",
        "| nests_name_key | unique | `UNIQUE (name)` |  |",
        "| nests_owner_id_fkey | foreign key | `FOREIGN KEY (owner_id) REFERENCES users(id)` |  |",
        "| nests_few |  | `btree (eggs) WHERE (eggs < 2)` |  |",
        "| nests_own | select | mn_app |  | `((eggs = 1) OR (eggs = 2))` |  |",
        "| nests_kept | `BEFORE DELETE ON nests FOR EACH ROW EXECUTE FUNCTION nests_no()` |",
    ],
)
def test_the_page_shows_what_the_database_has(line: str) -> None:
    assert line in chapter().splitlines()


def test_functions_stand_there_with_their_text() -> None:
    with connection.cursor() as cursor:
        cursor.execute(MADE)
        cursor.execute(
            "REVOKE ALL ON FUNCTION nests_no() FROM PUBLIC; GRANT EXECUTE ON FUNCTION nests_no() TO mn_staff"
        )
    page = markdown.page(catalogue.read(), meaning.by_table(), ["accounts"], catalogue.functions())
    assert "| `nests_no()` | `trigger` | plpgsql |  | mn_staff |" in page.splitlines()
    assert "### nests_no\n\n```sql\nBEGIN RETURN NULL; END\n```" in page


def test_the_words_come_from_the_models() -> None:
    page = markdown.page(catalogue.read(), meaning.by_table(), ["requests_app", "notifications"])
    told_once = next(line for line in page.splitlines() if line.startswith("| notifications_told_once |"))
    assert told_once.endswith("| This person was told already. |")
    assert "Something a person is told once." in page
    assert "| address | `text` |  |  | encrypted |" in page


def test_reading_twice_gives_the_same_page() -> None:
    first, second = (markdown.page(catalogue.read(), meaning.by_table(), ["accounts"]) for _ in range(2))
    assert first == second
