"""The catalogue: what each figure of `figures(as_of)` is called, counted in, of which kind it is, and where its rows are.

`described(figures)` gives {key: Described}. A key is the path of the figure: "closures.by_category.internet_cafe.closed". Every
scalar of the figures has an entry, and so have the lists of gaps, orders and missing numbers (their length); the table of the
hours of calls is a chart and has none. Each address is that of the rows which the figure counts at its moment.
"""

from enforcement.catalogue import closing, hotline, ourselves, refunding
from enforcement.catalogue.entries import Book, Described, Kind
from enforcement.catalogue.links import Links
from venues.models import ClosureOrder

__all__ = ["Described", "Kind", "Links", "described"]


def described(figures, order=None):
    """{key: Described} of these Figures, in their order, in the reader's language; a number of queries that does not depend on
    them. `order`: the ClosureOrder of their part `closures`, if it is at hand."""
    told = figures.closures
    if told is None:
        order = None
    elif order is None or order.number != told["order"]:
        order = ClosureOrder.objects.get(number=told["order"])
    links = Links(figures.as_of, order)
    book = Book()
    closing.describe(book, links, figures)
    ourselves.describe_patrols(book, links, figures.patrols)
    ourselves.describe_duty(book, links, figures.duty)
    hotline.describe(book, links, figures.complaints)
    refunding.describe(book, links, figures.refunds)
    ourselves.describe_supplies(book, links, figures.supplies)
    ourselves.describe_staff(book, links, figures.staff)
    return book.entries
