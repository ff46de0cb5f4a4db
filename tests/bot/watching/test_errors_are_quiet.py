import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from storage import Storage


async def test_what_people_wrote_is_in_no_error_of_the_database(storage: Storage) -> None:
    with pytest.raises(DatabaseError) as caught:
        async with storage.database.read() as connection:
            await connection.execute(text("SELECT :x FROM nowhere"), {"x": "a secret wish"})
    assert "nowhere" in str(caught.value)
    assert "secret wish" not in str(caught.value)
