"""The admins of articles and pictures are put together from parts; no part may silence another."""

import inspect

import pytest

from articles.admin.article import ArticleAdmin
from articles.admin.image import ImageAdmin
from articles.forms import ArticleForm


@pytest.mark.parametrize("whole", [ArticleAdmin, ImageAdmin, ArticleForm])
def test_a_method_that_two_parts_have_hands_on_to_the_next(whole):
    parts = [part for part in whole.__mro__ if part.__module__.startswith(("articles.", "config."))]
    silencing = []
    for number, part in enumerate(parts):
        later = {name for other in parts[number + 1 :] for name in vars(other)}
        for name, method in vars(part).items():
            # The whole may decide; a part may not.
            if inspect.isfunction(method) and name in later and "super()" not in inspect.getsource(method):
                silencing.append(f"{part.__name__}.{name}")

    assert [name for name in silencing if not name.startswith(whole.__name__)] == []
