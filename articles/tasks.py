"""Work that is done outside a request."""

from django_tasks import task

from articles.models import Image
from articles.renditions import make_renditions


@task()
def render_image(image_id):
    """Make all renditions of an image; one that was deleted meanwhile needs none."""
    if image := Image.objects.filter(pk=image_id).first():
        make_renditions(image)
