"""Template tags of the charts: `{% line_chart chart %}`, `{% bar_chart chart %}`, `{% tile_chart chart %}`."""

from django import template

from enforcement import charts

register = template.Library()
register.simple_tag(charts.line_chart, name="line_chart")
register.simple_tag(charts.bar_chart, name="bar_chart")
register.simple_tag(charts.tile_chart, name="tile_chart")
