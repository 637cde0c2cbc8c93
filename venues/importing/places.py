"""Which district, street and category a text of an office list means. Nothing is ever created here, and nothing guessed: a
text that fits two of them fits none."""

import functools
import re

from django.conf import settings

from venues.cleaning import clean_text, comparable
from venues.models import Category, Division

_PEOPLES = r"(?:[回藏满苗壮彝侗瑶土羌]族|东乡族|保安族|撒拉族|裕固族|哈萨克族|蒙古族|土家族)"
_DISTRICT_ENDS = re.compile(rf"{_PEOPLES}*(?:自治县|自治旗|新区|区|县|市|旗)$")
_STREET_ENDS = re.compile(r"(?:街道办事处|街道办|办事处|街道|镇人民政府|镇政府|民族乡|[回藏满土]族乡|镇|乡)$")
_ORDINAL = re.compile(r"^[\d一二三四五六七八九十]+\s*[、..)]\s*|[((]?\s*共?\s*\d+\s*[家个户]\s*[))]?$")


class Places:
    """The divisions in force on the date `on` and the categories in use, by every name that an office may give them."""

    def __init__(self, on):
        divisions = list(Division.objects.valid(on))
        cities = [d.name for d in divisions if d.level == Division.Level.CITY]
        self._cities = sorted(
            {comparable(name) for name in [*cities, settings.CITY_NAME] if name}, key=len, reverse=True
        )
        self.districts = [d for d in divisions if d.level == Division.Level.DISTRICT]
        self.names = {d.pk: d.name for d in divisions}
        self._districts = _Names()
        for district in self.districts:
            name = comparable(district.name)
            self._districts.add(district.pk, district.code, name, _DISTRICT_ENDS.sub("", name))
        self._streets, self._all_streets = {}, _Names()
        self._parents = {}
        for street in divisions:
            if street.level == Division.Level.STREET:
                self._parents[street.pk] = street.parent_id
                names = {street.code, comparable(street.name), _STREET_ENDS.sub("", comparable(street.name))}
                names |= {self._within(name) for name in names}
                self._streets.setdefault(street.parent_id, _Names()).add(street.pk, *names)
                self._all_streets.add(street.pk, *names)
        self.categories = list(Category.objects.filter(retired=False))
        self.category_names = {category.pk: category.name for category in Category.objects.all()}
        self._categories = _Names()
        for category in self.categories:
            names = [category.name_zh, category.name_en, category.slug, *category.aliases]
            self._categories.add(category.pk, *map(comparable, names))
        self.district = functools.lru_cache(maxsize=5000)(self._district)
        self.street = functools.lru_cache(maxsize=20000)(self._street)
        self.category = functools.lru_cache(maxsize=5000)(self._category)

    def _district(self, text):
        """The id of the district that `text` names ("秦州", "天水市秦州区", "620502"), else None."""
        name = self._without_city(comparable(text))
        return self._districts.get(name) or self._districts.get(_DISTRICT_ENDS.sub("", name))

    def _street(self, district, text):
        """The id of the street of this district that `text` names, else None."""
        found = self._streets.get(district)
        if not found:
            return None
        name = self._within(comparable(text))
        return found.get(comparable(text)) or found.get(name) or found.get(_STREET_ENDS.sub("", name))

    def district_of_street(self, text):
        """The id of the district that the only street of this name lies in, else None."""
        name = comparable(text)
        street = self._all_streets.get(name) or self._all_streets.get(self._within(name))
        return self._parents.get(street)

    def district_in(self, text):
        """The id of the district that an address, a title or the name of a sheet begins with or contains, else None."""
        name = self._without_city(comparable(text))
        return self._districts.longest_start(name) or self._districts.only_inside(name)

    def section(self, text):
        """The id of the district of a line between the rows ("一、秦州区(25家)"), else None."""
        return self.district(_ORDINAL.sub("", _ORDINAL.sub("", clean_text(text))))

    def _category(self, text):
        """The id of the category that `text` names or speaks of; of overlapping aliases the longest counts."""
        name = comparable(text)
        return self._categories.get(name) or self._categories.only_inside(name)

    def _without_city(self, name):
        for city in self._cities:
            if name.startswith(city) and len(name) > len(city):
                return name[len(city) :]
        return name

    def _within(self, name):
        """A street's name without the city and the district that it may begin with."""
        name = self._without_city(name)
        district = next((d for d in self.districts if name.startswith(comparable(d.name))), None)
        return name[len(comparable(district.name)) :] if district and len(name) > len(district.name) else name


class _Names:
    """Names that lead to one id each; a name given to two leads nowhere."""

    def __init__(self):
        self._ids = {}

    def add(self, key, *names):
        for name in set(names):
            if name and self._ids.setdefault(name, key) != key:
                self._ids[name] = None

    def get(self, name):
        return self._ids.get(name)

    def longest_start(self, text):
        fitting = [name for name in self._ids if len(name) > 1 and text.startswith(name)]
        return self._ids[max(fitting, key=len)] if fitting else None

    def only_inside(self, text):
        """The one id whose names occur in `text` outside longer names of others, else None."""
        spans = [
            (match.start(), match.end(), key)
            for name, key in self._ids.items()
            if len(name) > 1
            for match in re.finditer(re.escape(name), text)
        ]
        kept = {
            key
            for start, end, key in spans
            if not any(s <= start and end <= e and (e - s) > (end - start) for s, e, _key in spans)
        }
        return kept.pop() if len(kept) == 1 else None
