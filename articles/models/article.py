"""Articles of every kind."""

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from articles import edition, sentences
from articles.citations import cited_paths
from articles.desk_search import desk_vector
from articles.search.vectors import head_vector, search_vector

from .byline import Byline
from .fields import (
    LineField,
    PlainTextField,
    WebAddressField,
    validate_date,
    validate_moment,
    within_range,
)
from .narration import Narration
from .press import PressQuerySet, languages, validate_quotation
from .redirect import Redirect
from .related import RelatedLink
from .review import Correction
from .series import PartsQuerySet
from .tag import TaggedArticle
from .text import Text
from .translated import TranslatedQuerySet
from .workflow import Workflow, WorkflowQuerySet

WORDS_PER_MINUTE = 230
OPENING = 500  # characters of the text that stand in for a standfirst


def phrase(names):
    """Join names as a sentence would, in the active language; HTML-safe where the names are."""
    if len(names) < 2:
        return names[0] if names else ""
    separator = gettext(", ")
    return gettext("%(others)s and %(last)s") % {"others": separator.join(names[:-1]), "last": names[-1]}


def lines(names):
    """Return an expression with the one column of a subquery as text, each value a line."""
    joined = models.Func(
        ArraySubquery(names),
        models.Value("\n"),
        function="array_to_string",
        output_field=models.TextField(),
    )
    return models.functions.Concat(joined, models.Value("\n"), output_field=models.TextField())


def opening():
    """Return an expression with the beginning of a text that has no standfirst, empty for the others."""
    return models.Case(
        models.When(standfirst="", then=Left("body_text", OPENING)),
        default=models.Value(""),
        output_field=models.TextField(),
    )


class ArticleQuerySet(WorkflowQuerySet, PartsQuerySet, PressQuerySet, TranslatedQuerySet):
    def published(self, at=None):
        """What readers may see at a moment (now). Twin: Article.is_published."""
        return self.filter(
            status=Article.Status.PUBLISHED, published_at__lte=at or edition.now(), draft_of=None
        )

    def due(self):
        """The reworks whose time to replace what readers see has come."""
        now = edition.now()
        live = {"draft_of__status": Article.Status.PUBLISHED, "draft_of__published_at__lte": now}
        return self.filter(status=Article.Status.PUBLISHED, published_at__lte=now, **live)

    def once_public(self):
        """Those whose date has come, public still or taken back since: their addresses may be known."""
        return self.filter(published_at__lte=edition.now(), draft_of=None)

    def latest(self):
        return self.order_by("-published_at", "-pk")

    def for_list(self):
        """With all that a list shows of an article, in two queries; of its text the `opening`."""
        return (
            self.defer(
                "body",
                "body_html",
                "body_text",
                "outline",
                "search",
                "search_head",
                "desk_search",
                "keywords",
            )
            .select_related("lead_image")
            .prefetch_related(Byline.prefetch())
            .annotate(subject=TaggedArticle.first_name(), opening=opening())
        )

    def spoken(self):
        """Those of which readers get an audio."""
        has_audio = models.Exists(Narration.objects.current().filter(article=models.OuterRef("pk")))
        return self.filter(has_audio).annotate(narration=Narration.offered()).exclude(narration=None)

    def for_feed(self):
        """With all that a feed says of an article, its `names`, `subjects`, notes and audio: one query."""
        return (
            self.defer("body", "body_text", "outline", "search", "search_head", "desk_search", "keywords")
            .select_related("lead_image")
            .annotate(
                names=Byline.rows(),
                subjects=TaggedArticle.rows(),
                public_notes=Correction.rows(),
                narration=Narration.offered(),
                opening=opening(),
            )
        )

    def for_page(self):
        """With all that an article's own page shows, in three queries."""
        return (
            self.defer("body", "body_text", "search", "search_head", "desk_search", "keywords")
            .select_related("lead_image", "series")
            .prefetch_related(Byline.prefetch(for_page=True), TaggedArticle.prefetch(for_page=True))
            .with_series()
            .with_press()
            .with_translations()
            .annotate(
                outside_links=RelatedLink.outside(),
                old_paths=ArraySubquery(
                    Redirect.objects.filter(article=models.OuterRef("pk")).values("path")
                ),
                public_notes=Correction.rows(),
                narration=Narration.offered(),
                opening=opening(),
                rework_is_due=models.Exists(Article.objects.due().filter(draft_of=models.OuterRef("pk"))),
            )
        )

    def review_due(self, today):
        """The live ones whose day of review is past. Twin: Article.is_review_due."""
        return self.published().filter(review_by__lt=today)

    def index(self):
        """Write the names of authors (in every language) and tags to where the search can see them."""
        article = models.OuterRef("pk")
        bylines = Byline.objects.filter(article=article).order_by("position", "pk")
        names = [
            bylines.values("author__name"),
            bylines.filter(author__translations__isnull=False).values("author__translations__name"),
            TaggedArticle.objects.filter(content_object=article).order_by("pk").values("tag__name"),
        ]
        self.update(keywords=models.functions.Concat(*map(lines, names), output_field=models.TextField()))

    def latest_of_each_kind(self, counts):
        """Return the newest articles of each kind, `counts` being {kind: how many}: one query."""
        slices = [self.filter(kind=kind).latest()[:count] for kind, count in counts.items()]
        chosen = slices[0].values("pk").union(*(part.values("pk") for part in slices[1:]), all=True)
        return Article.objects.filter(pk__in=chosen).latest()


class Article(Workflow, Text):
    class Kind(models.TextChoices):
        ANALYSIS = "analysis", _("Analysis")
        BULLETIN = "bulletin", _("Bulletin")
        MENTION = "mention", _("In the press")
        ANNOUNCEMENT = "announcement", _("Announcement")

        @property
        def plural(self):
            """What a list of them is called."""
            return {
                Article.Kind.ANALYSIS: pgettext("the section", "Analysis"),
                Article.Kind.BULLETIN: gettext("Bulletins"),
                Article.Kind.MENTION: gettext("In the press"),
                Article.Kind.ANNOUNCEMENT: gettext("Announcements"),
            }[self]

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "review", _("In review")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.ANALYSIS)
    title = LineField(_("title"), max_length=300)
    slug = models.SlugField(
        _("address"),
        max_length=200,
        allow_unicode=True,
        help_text=_("The last part of the article's address. Once public, the old one goes on to answer."),
    )
    standfirst = PlainTextField(
        _("standfirst"),
        blank=True,
        max_length=1000,
        help_text=_("One or two sentences that say why to read on."),
    )
    lead_image = models.ForeignKey(
        "articles.Image",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead image"),
    )
    authors = models.ManyToManyField("articles.Author", through="Byline", related_name="articles")
    tags = TaggableManager(
        _("tags"), through=TaggedArticle, blank=True, help_text=_("Subjects, separated by commas.")
    )

    source_outlet = LineField(_("outlet"), max_length=200, blank=True)
    source_journalist = LineField(_("journalist"), max_length=200, blank=True)
    source_date = models.DateField(_("date there"), null=True, blank=True, validators=[validate_date])
    source_title = LineField(_("title there"), max_length=300, blank=True)
    source_url = WebAddressField(
        _("address there"),
        max_length=1000,
        blank=True,
    )
    source_archive = WebAddressField(
        _("archived copy"),
        max_length=1000,
        blank=True,
        help_text=_("Where the page can still be read when it has gone from its own address."),
    )
    source_quote = PlainTextField(
        _("quotation"),
        blank=True,
        max_length=1500,
        validators=[validate_quotation],
        help_text=_("What they wrote, word for word: a few lines of plain text without quotation marks."),
    )
    source_quote_language = models.CharField(
        _("language of the quotation"),
        max_length=10,
        choices=languages,
        blank=True,
        help_text=_("Where it is another than the article's."),
    )

    event_starts_at = models.DateTimeField(_("begins"), null=True, blank=True, validators=[validate_moment])
    event_ends_at = models.DateTimeField(_("ends"), null=True, blank=True, validators=[validate_moment])
    event_place = LineField(_("place"), max_length=200, blank=True)

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    published_at = models.DateTimeField(
        _("publication"),
        null=True,
        blank=True,
        validators=[validate_moment],
        help_text=_("A time in the future schedules the article."),
    )
    # A rework of a published article is a second row, so that readers keep the old text meanwhile.
    draft_of = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, editable=False, related_name="rework"
    )
    # The original's version that the rework was made of: a later one would be replaced unread.
    draft_of_version = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("begun by"),
    )
    # The number of the latest revision: a save is made only over the version that the editor opened.
    version = models.PositiveIntegerField(default=0, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_reason = LineField(
        _("reason for withdrawing"),
        max_length=500,
        blank=True,
        help_text=_("Readers of the old address see it."),
    )
    review_by = models.DateField(
        _("review by"),
        null=True,
        blank=True,
        validators=[validate_date],
        help_text=_("After this day readers are told that the article may be out of date."),
    )
    reviewed_on = models.DateField(
        _("last reviewed"),
        null=True,
        blank=True,
        validators=[validate_date],
        help_text=_("Today by itself, where you put off the review."),
    )
    series = models.ForeignKey(
        "articles.Series",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("series"),
    )
    series_position = models.PositiveSmallIntegerField(_("part"), null=True, blank=True)
    # Its index is that of the constraint below.
    translation_group = models.ForeignKey(
        "articles.TranslationGroup",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="articles",
        verbose_name=_("translations"),
    )
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    origin = models.CharField(max_length=200, null=True, blank=True, unique=True, editable=False)

    # Paths of this site that the text links to, derived with the rest of what readers get.
    cited = ArrayField(models.CharField(max_length=500), editable=False, default=list)
    # Whether readers can have it read aloud; an editor may switch that off.
    listenable = models.BooleanField(_("can be listened to"), default=True, editable=False)
    # Derived too: the lengths of the sentences that are read aloud, block by block, and their hash.
    spoken_spans = models.TextField(editable=False, default="")
    spoken_hash = models.CharField(max_length=64, editable=False, default="")
    # Names of authors and tags, so that the generated column below can see them.
    keywords = models.TextField(editable=False, default="")
    search = models.GeneratedField(
        expression=search_vector(), output_field=SearchVectorField(), db_persist=True, editable=False
    )
    search_head = models.GeneratedField(
        expression=head_vector(), output_field=SearchVectorField(), db_persist=True, editable=False
    )
    # For the desk, where half a word has to find the article.
    desk_search = models.GeneratedField(
        expression=desk_vector(), output_field=SearchVectorField(), db_persist=True, editable=False
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [("publish_article", _("Can publish articles"))]
        indexes = [
            models.Index(
                "language",
                "kind",
                models.F("published_at").desc(),
                name="article_by_kind",
                condition=models.Q(status="published", draft_of=None),
            ),
            models.Index(
                "language",
                models.F("published_at").desc(),
                name="article_by_date",
                condition=models.Q(status="published", draft_of=None),
            ),
            # Whether readers may see it, and how the press drew on us, without reading the wide rows.
            models.Index(
                fields=["id"],
                include=["language", "published_at"],
                name="article_visible",
                condition=models.Q(status="published", draft_of=None),
            ),
            models.Index(
                fields=["language", "source_outlet", "source_date", "published_at", "id"],
                name="article_press",
                condition=models.Q(kind="mention", status="published", draft_of=None),
            ),
            # The latest moment at which something appeared.
            models.Index(
                fields=["published_at"], name="article_moments", condition=models.Q(status="published")
            ),
            GinIndex(
                fields=["search"],
                name="article_search",
                fastupdate=False,
                condition=models.Q(status="published", draft_of=None),
            ),
            GinIndex(
                fields=["search_head"],
                name="article_search_head",
                fastupdate=False,
                condition=models.Q(status="published", draft_of=None),
            ),
            GinIndex(fields=["cited"], name="article_cited", fastupdate=False),
            # The orders of the desk's list.
            GinIndex(fields=["desk_search"], name="article_desk_search", fastupdate=False),
            models.Index(
                fields=["-created_at", "-id"], name="article_newest", condition=models.Q(draft_of=None)
            ),
            models.Index(
                fields=["-published_at", "-id"],
                name="article_last_published",
                condition=models.Q(draft_of=None),
            ),
            models.Index(
                fields=["status", "-created_at", "-id"],
                name="article_by_status",
                condition=models.Q(draft_of=None),
            ),
            models.Index(
                fields=["kind", "-created_at", "-id"],
                name="article_newest_of_kind",
                condition=models.Q(draft_of=None),
            ),
            models.Index(fields=["title"], name="article_by_title", condition=models.Q(draft_of=None)),
            # Those that were there before their sentences were counted.
            models.Index(fields=["id"], name="article_uncounted", condition=models.Q(spoken_hash="")),
            models.Index(
                fields=["review_by"],
                name="article_review_due",
                condition=models.Q(status="published", review_by__isnull=False, draft_of=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["language", "slug"],
                condition=models.Q(draft_of=None),
                name="one_article_per_language_and_slug",
                violation_error_message=_("Another article in this language has this address."),
            ),
            models.UniqueConstraint(
                fields=["translation_group", "language"],
                condition=models.Q(translation_group__isnull=False),
                name="one_article_per_group_and_language",
                violation_error_message=_("There is a translation into this language already."),
            ),
            models.CheckConstraint(
                condition=models.Q(draft_of=None) | models.Q(translation_group=None),
                name="rework_is_in_no_group",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(published_at__isnull=False),
                name="published_article_has_a_date",
                violation_error_message=_("A published article needs a date of publication."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["analysis", "bulletin", "mention", "announcement"]),
                name="article_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "review", "published", "withdrawn"]),
                name="article_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=["en", "ar", "he"]), name="article_language_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(draft_of=None) | ~models.Q(draft_of=models.F("pk")),
                name="article_is_no_rework_of_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(event_ends_at=None)
                | models.Q(event_ends_at__gte=models.F("event_starts_at")),
                name="event_ends_after_it_begins",
                violation_error_message=_("The event ends before it begins."),
            ),
            within_range("published_at", "published_at_is_a_date_in_use"),
            within_range("event_starts_at", "event_start_is_a_date_in_use"),
            within_range("event_ends_at", "event_end_is_a_date_in_use"),
            within_range("source_date", "source_date_is_a_date_in_use", dates=True),
            within_range("review_by", "review_by_is_a_date_in_use", dates=True),
            within_range("reviewed_on", "reviewed_on_is_a_date_in_use", dates=True),
        ]

    DERIVED = [*Text.DERIVED, "cited", "spoken_spans", "spoken_hash"]

    def __str__(self):
        return self.title

    def render(self, images):
        super().render(images)
        self.cited = cited_paths(self.body)
        title, standfirst = (
            Article._meta.get_field(name).clean_text(getattr(self, name)) for name in ("title", "standfirst")
        )
        spoken = sentences.spoken(title, standfirst, self.body_html)
        self.spoken_spans, self.spoken_hash = spoken.spans, spoken.hash(self.language)

    def get_absolute_url(self):
        with translation.override(self.language):
            return reverse("articles:article", args=[self.slug])

    def index(self):
        """Write the names of authors and tags to where the search can see them."""
        Article.objects.filter(pk=self.pk).index()
        self.refresh_from_db(fields=["keywords"])

    @property
    def is_published(self):
        """Whether readers may see it now. Twin: ArticleQuerySet.published."""
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at <= edition.now()
            and self.draft_of_id is None
        )

    @property
    def is_scheduled(self):
        return self.status == self.Status.PUBLISHED and self.published_at > edition.now()

    def is_review_due(self, today):
        """Whether its day of review is past. Twin: ArticleQuerySet.review_due."""
        return self.is_published and self.review_by is not None and self.review_by < today

    @property
    def byline_text(self):
        """The authors' names as one phrase; needs the bylines prefetched by Byline.prefetch()."""
        return phrase([byline.local_name for byline in self.bylines.all()])

    @property
    def reading_minutes(self):
        """Whole minutes at 230 words a minute, at least one."""
        return max(1, round(self.word_count / WORDS_PER_MINUTE))
