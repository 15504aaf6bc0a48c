"""Settles a tree of HTML into blocks: paragraphs where WordPress would have shown some, and no wrappers."""

import re

from articles.html_tree import Element

from .elements import BLOCKS, INLINE, PARTS, WRAPPERS, text_of

# The end of a paragraph in the middle of running text.
BREAK = Element("break")
CELLS = {"li", "td", "th", "dd", "dt", "figcaption", "caption", "summary"}


def flow(nodes, classic=False):
    """Return the nodes as a list of blocks, without wrappers.

    In `classic` text an empty line ends a paragraph and a single line end is a line break, as in
    WordPress's wpautop; never within <pre>, between the cells of a table or the items of a list.
    """
    result = []
    for block in _blocks(nodes, classic):
        result += _hoisted(block)
    return result


def _blocks(nodes, classic):
    blocks, run = [], []

    def end_paragraph(attributes=None):
        paragraph = _trimmed(run)
        if paragraph:
            blocks.append(Element("p", attributes or {}, paragraph))
        run.clear()

    for node in _lifted(nodes, classic):
        if isinstance(node, str) or node.name in INLINE or node.name == "picture":
            run.append(node)
            continue
        end_paragraph()
        if node.name == "p":
            inner = _blocks(node.children, classic)
            direction = {key: value for key, value in node.attributes.items() if key in ("dir", "lang")}
            for block in inner:
                block.attributes = {**direction, **block.attributes}
            blocks += inner
        elif node.name == "break":
            pass
        elif node.name in BLOCKS or node.name == "footer":
            blocks += _settled(node, classic)
        else:
            blocks += _blocks(node.children, classic)
    end_paragraph()
    return blocks


def _settled(node, classic):
    """Return a block with its inside in order; nothing where nothing is in it."""
    if node.name in ("hr", "figure"):
        if node.name == "figure":
            node.children = [_cell(child, classic) for child in node.children if isinstance(child, Element)]
            if not {"data-image", "data-embed"} & set(node.attributes):
                return _blocks(node.children, classic)
        return [node]
    if node.name == "pre":
        return [_preformatted(node)] if text_of(node.children).strip() else []
    if node.name in ("ul", "ol"):
        node.children = _items(node, classic)
    elif node.name == "dl":
        node.children = _parts(node.children, {"dt", "dd"}, classic)
    elif node.name == "table":
        return [_with_cells(node, classic)]
    elif node.name in ("blockquote", "details"):
        summary = [child for child in node.children if isinstance(child, Element) and child.name == "summary"]
        rest = [child for child in node.children if child not in summary]
        node.children = [*(_cell(child, classic) for child in summary[:1]), *_blocks(rest, classic)]
    elif node.name == "footer":
        node.children = _trimmed(_lines(node.children, classic))
    else:
        blocks = _blocks(node.children, classic)
        node.children = [child for block in blocks for child in [" ", *block.children]][1:]
        inside = [child for child in node.children if isinstance(child, Element) and child.name == "picture"]
        if not text_of(node.children).strip():
            return [Element("figure", child.attributes, child.children) for child in inside]
    return [node] if node.children else []


def _cell(node, classic):
    """Settle an item, cell or caption; one paragraph alone needs no <p>."""
    if node.name not in CELLS:
        return node
    blocks = _blocks(node.children, classic)
    if node.name in ("figcaption", "caption", "summary", "dt"):
        node.children = [child for block in blocks for child in [" ", *block.children]][1:]
    elif blocks and blocks[0].name == "p" and all(block.name in ("ul", "ol") for block in blocks[1:]):
        node.children = [*blocks[0].children, *blocks[1:]]
    else:
        node.children = blocks
    return node


def _items(node, classic):
    """Return the items of a list; what lies between them joins the item before."""
    items = []
    for child in node.children:
        if isinstance(child, Element) and child.name == "li":
            items.append(child)
        elif isinstance(child, Element) or child.strip():
            if not items:
                items.append(Element("li"))
            items[-1].children.append(child)
    return [item for item in (_cell(item, classic) for item in items) if item.children]


def _parts(children, wanted, classic):
    """Return the wanted parts, looking into wrappers; what else has words in it becomes a part too."""
    found = []
    for child in children:
        if isinstance(child, Element) and child.name in wanted:
            found.append(_cell(child, classic))
        elif isinstance(child, Element) and child.name in WRAPPERS:
            found += _parts(child.children, wanted, classic)
        elif text_of([child]).strip():
            found.append(_cell(Element("dd", {}, [child]), classic))
    return found


def _with_cells(node, classic):
    """Settle the cells of a table; the sanitiser puts its rows in order."""
    inside = [child for child in node.children if isinstance(child, Element) or child.strip()]
    for child in inside:
        if isinstance(child, Element):
            (_cell if child.name in CELLS else _with_cells)(child, classic)
    node.children = inside
    return node


def _preformatted(node):
    def with_newlines(children):
        return [
            ("\n" if child.name == "br" else child.copy(with_newlines(child.children)))
            if isinstance(child, Element)
            else child
            for child in children
        ]

    return node.copy(with_newlines(node.children))


# Running text


def _lifted(nodes, classic):
    """Return the nodes with blocks and paragraph ends at the top, out of the emphasis or link around them."""
    result = []
    for node in _lines(nodes, classic):
        if isinstance(node, str) or node.name not in INLINE or not node.children:
            result.append(node)
            continue
        run, lifted = [], []
        for child in _lifted(node.children, classic):
            if isinstance(child, str) or child.name in INLINE or child.name == "picture":
                run.append(child)
                continue
            lifted += [node.copy(run)] if run else []
            run = []
            if child.name in ("p", "h1", "h2", "h3", "h4", "h5", "h6"):
                child = child.copy([node.copy(child.children)])
            elif child.name in WRAPPERS:
                child = child.copy(_lifted([node.copy(child.children)], classic))
            lifted.append(child)
        lifted += [node.copy(run)] if run or not lifted else []
        result += lifted
    return result


def _lines(nodes, classic):
    """Return the nodes with the ends of lines as WordPress reads them: BREAK, <br> or a space."""
    result = []
    for number, node in enumerate(nodes):
        if not isinstance(node, str):
            result.append(node)
        elif classic:
            # A line that ends with <br> in the source has been broken already.
            if number and _is_br(nodes[number - 1]):
                node = re.sub(r"\A[^\S\n]*\n(?![^\S\n]*\n)", "", node)
            if _is_br(*nodes[number + 1 : number + 2]):
                node = re.sub(r"(?<!\n)\n[^\S\n]*\Z", "", node)
            result += _split(node)
        else:
            result.append(re.sub(r"\s*\n\s*", " ", node))
    return _without_double_breaks(result)


def _is_br(node=None):
    return isinstance(node, Element) and node.name == "br"


def _split(text):
    pieces = []
    for number, paragraph in enumerate(re.split(r"\n[^\S\n\xa0]*\n\s*", text)):
        if number:
            pieces.append(BREAK)
        for line_number, line in enumerate(paragraph.split("\n")):
            if line_number:
                pieces.append(Element("br"))
            if line:
                pieces.append(line)
    return pieces


def _without_double_breaks(nodes):
    """Two line breaks in a row mean a new paragraph."""
    result = []
    for node in nodes:
        last = next((n for n in reversed(result) if not isinstance(n, str) or n.strip()), None)
        if isinstance(node, Element) and node.name == "br" and last is not None:
            if isinstance(last, Element) and last.name in ("br", "break"):
                while result[-1] is not last:
                    result.pop()
                result[-1] = BREAK
                continue
            if isinstance(last, Element) and (last.name in BLOCKS | WRAPPERS | PARTS):
                continue
        result.append(node)
    return result


def _trimmed(run):
    """Return a run of text without white space and line breaks at its ends; empty where no words are left."""
    run = list(run)
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while run:
            node = run[end]
            if isinstance(node, str):
                stripped = strip(node, " \t\n\r\xa0")
                if stripped:
                    run[end] = stripped
                    break
                del run[end]
            elif node.name == "br" or _is_empty(node):
                del run[end]
            else:
                break
    return run


def _is_empty(node):
    return node.name in INLINE and node.name != "br" and not text_of([node]).strip() and not _pictures(node)


# Pictures


def _hoisted(block):
    """Return a block with the pictures in it moved before it, where it begins with them, or after it."""
    if block.name == "picture":
        return [Element("figure", block.attributes, block.children)]
    if block.name == "figure":
        return [block]
    before, after = [], []
    _take_pictures(block, before, after, [False])
    if not before and not after:
        return [block]
    block.children = _trimmed(block.children) if block.name == "p" else block.children
    kept = [block] if block.name == "hr" or text_of(block.children).strip() else []
    return [*before, *kept, *after]


def _take_pictures(node, before, after, words_seen):
    children = []
    for child in node.children:
        if isinstance(child, str):
            words_seen[0] = words_seen[0] or bool(child.strip())
            children.append(child)
        elif child.name == "picture" or (child.name == "figure" and node.name != "figure"):
            (after if words_seen[0] else before).append(Element("figure", child.attributes, child.children))
        else:
            _take_pictures(child, before, after, words_seen)
            if child.name != "li" or text_of(child.children).strip():
                children.append(child)
    node.children = children


def _pictures(node):
    return any(node.find("picture", "figure"))
