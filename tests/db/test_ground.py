"""The schema as the application meets it."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from spatial.store import migrate
from spatial.store.opening import Store
from tests import worlds


def test_the_tiny_town_has_nine_units_under_one_district(conn: Connection) -> None:
    counts = conn.exec_driver_sql("SELECT rank, count(*) FROM cell_version GROUP BY rank ORDER BY rank").all()
    assert counts == [(1, 1), (2, 2), (3, 4), (4, 9)]


def test_the_enclave_lies_inside_another_community(conn: Connection) -> None:
    lon, lat = worlds.inside(worlds.E)
    found = conn.exec_driver_sql(
        "SELECT code FROM cell_version WHERE rank = 4 AND ST_Intersects(geom, ST_SetSRID(ST_Point(%s, %s), 4326))",
        (lon, lat),
    )
    assert found.scalars().all() == [worlds.E]


def test_the_application_is_not_the_owner_and_cannot_rewrite_the_log(conn: Connection) -> None:
    assert conn.exec_driver_sql("SELECT current_user").scalar() == "gridmaps_app"
    with pytest.raises(ProgrammingError, match="permission denied"):
        conn.exec_driver_sql("DELETE FROM event")


def test_a_second_upgrade_changes_nothing(fresh_db: Store) -> None:
    migrate.upgrade(fresh_db.owner)
    with fresh_db.app.connect() as connection:
        assert migrate.is_current(connection)


def test_an_empty_database_has_levels_and_sources(empty_db: Store) -> None:
    with empty_db.app.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM grid_level").scalar() == 4
        assert connection.exec_driver_sql("SELECT count(*) FROM cell").scalar() == 0
