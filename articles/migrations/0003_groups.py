"""The groups that colleagues belong to, each with its rights; what a publication has changed in them stays."""

from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import migrations

ALL = ["add", "change", "delete", "view"]

WRITER = {
    "articles": {
        "article": ["add", "change", "view"],
        "author": ["view"],
        "byline": ALL,
        "image": ["add", "view"],
        "relatedlink": ALL,
        "series": ["view"],
    },
}
EDITOR = {
    "articles": {
        **dict.fromkeys(
            [
                *["author", "authorlink", "authortranslation", "book", "byline", "correction"],
                *["image", "linkuse", "outboundlink", "page", "redirect", "relatedlink"],
                *["relatedveto", "series", "tag", "tagalias", "taggedarticle", "tagmerge"],
            ],
            ALL,
        ),
        "article": [*ALL, "publish"],
        "imageuse": ["view"],
        "override": ["view"],
        "revision": ["view"],
    },
    "admin": {"logentry": ["view"]},
}
NEWSLETTER_MANAGER = {
    "newsletter": {
        "consentevent": ["view"],
        "newsletter": ["add", "change", "view"],
        "subscriber": ["change", "delete", "view"],
        "subscription": ["view"],
        "suppression": ["add", "delete", "view"],
    },
}
GROUPS = {
    "Writer": [WRITER],
    "Editor": [EDITOR],
    "Newsletter manager": [NEWSLETTER_MANAGER],
    "Administrator": [
        EDITOR,
        NEWSLETTER_MANAGER,
        {
            "articles": dict.fromkeys(["menuitem", "site", "sitetext", "sociallink"], ALL),
            "auth": {"group": ALL, "user": ALL},
        },
    ],
}


def make_groups(apps, schema_editor=None):
    """Make the groups that are not there, and give each at least its rights."""
    make_permissions(apps)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, rights in GROUPS.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.add(
            *[
                known[app, f"{verb}_{model}"]
                for right in rights
                for app, models in right.items()
                for model, verbs in models.items()
                for verb in verbs
            ]
        )


def make_permissions(apps):
    """Django makes them after the last migration, which is too late for the groups."""
    for label in ["articles", "newsletter", "auth", "admin"]:
        config = apps.get_app_config(label)
        # The apps of a migration have no module, and Django passes over apps without one.
        config.models_module = getattr(config, "models_module", None) or True
        create_contenttypes(config, apps=apps, verbosity=0)
        create_permissions(config, apps=apps, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_desk"),
        ("newsletter", "0002_permanent_rows"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
