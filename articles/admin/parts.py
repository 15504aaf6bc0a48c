"""What saving an article means for the series that it belongs to."""

from articles.models import Series


class PartAdmin:
    """An article that is put into a series, or taken out of one, leaves no gap in either."""

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "series" in form.changed_data and not form.instance.draft_of_id:
            keys = {form.initial.get("series"), form.instance.series_id} - {None}
            Series.objects.filter(pk__in=keys).number()
