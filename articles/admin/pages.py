"""Pages of the desk that Django's admin does not have."""

from django.template.response import TemplateResponse


def desk_page(model_admin, request, template, **shown):
    """Answer with a template under admin/ that extends the admin's pages; `shown` is what it alone shows."""
    common = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts}
    return TemplateResponse(request, f"admin/{template}", common | shown)
