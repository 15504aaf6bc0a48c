"""Nobody gives what they do not have: who may manage which account and which group."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q


def rights_of(user):
    """Return the permissions of an account, also of one that is not active."""
    return Permission.objects.filter(Q(group__user=user) | Q(user=user))


def beyond(user):
    """Return the permissions that a colleague lacks: none, for a superuser."""
    if user.is_superuser:
        return Permission.objects.none()
    return Permission.objects.exclude(pk__in=rights_of(user).values("pk"))


def may_manage(user, other):
    """Whether an account may be changed, closed or deleted: if it can do nothing that `user` cannot."""
    if user.is_superuser or user.pk == other.pk:
        return True
    return not other.is_superuser and not rights_of(other).filter(pk__in=beyond(user).values("pk")).exists()


def may_manage_group(user, group):
    return not group.permissions.filter(pk__in=beyond(user).values("pk")).exists()


def groups_within(user):
    """Return the groups that a colleague may put others into."""
    return Group.objects.exclude(permissions__in=beyond(user))
