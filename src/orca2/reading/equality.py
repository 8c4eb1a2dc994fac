"""Whether two formulas are the same answer: by value, whatever their form, and by kind, whatever their dress."""

from collections.abc import Sequence
from functools import lru_cache

from orca2.reading import units
from orca2.reading.asked import Asked
from orca2.reading.equations import difference, equivalent, label, pointed, proportional, result, same_label, stated
from orca2.reading.expression_terms import Node
from orca2.reading.expression_values import exact, names, rounded, same_value
from orca2.reading.regions import is_region, region, same_region, variables

_NOTHING = Asked()
_MOST = 40  # things of a list that are compared
_DOMAINS = frozenset("ZNQ")


def same(gold: Node, answer: Node, question: Asked = _NOTHING) -> bool | None:
    """Whether an answer is the gold one; None if there is no rule to say so or otherwise."""
    if answer.op == "relation" and "approx" in answer.name.split() and exact(gold) is not None:
        near = answer.parts[answer.name.split().index("approx") + 1 :]
        if any(exact(side) == exact(gold) for side in near):
            return True  # a rounded value is asked for, and the exact one stands in front of it
    gold, answer = bare(gold), bare(answer)
    kinds = {gold.op, answer.op}
    if gold == answer:
        return True
    if "words" in kinds:
        return gold.op == answer.op and spelled(gold.name) == spelled(answer.name)
    if kinds & {"quantity", "degrees"}:
        return _same_quantity(gold, answer, question)
    if is_region(gold) or is_region(answer):
        return _same_region(gold, answer, question)
    if "relation" in kinds:
        return _same_related(gold, answer, question)
    gold, answer = spread(gold), spread(answer)
    if {gold.op, answer.op} & {"list", "set"}:
        return _same_list(gold, answer, question)
    gold, answer = _multiplied(gold), _multiplied(answer)
    if {gold.op, answer.op} & {"matrix", "bracket"}:
        return _same_ordered(gold, answer, question)
    return _same_scalar(gold, answer, question)


def bare(node: Node) -> Node:
    """An answer without what is only said about it: "x in", a rounded value behind the exact one, "n in Z"."""
    if node.op == "relation":
        signs = node.name.split()
        if signs == ["in"]:
            return bare(node.parts[1]) if pointed(node.parts[0]) else node
        if "approx" in signs:
            at = signs.index("approx")
            if at == 0:
                return node.parts[1] if pointed(node.parts[0]) else node.parts[0]
            return Node("relation", node.parts[: at + 1], " ".join(signs[:at]))
    if node.op == "list":
        kept = tuple(part for part in node.parts if not _domain(part))
        if 0 < len(kept) < len(node.parts):
            return bare(kept[0]) if len(kept) == 1 else Node("list", kept, node.name)
    if node.op == "set" and len(node.parts) == 1 and not _has(node, "pm"):
        return node.parts[0]
    return node


def spread(node: Node) -> Node:
    """A value with plus or minus in it as the two that it stands for, also where it is one of several."""
    if node.op in ("list", "set"):
        return Node(node.op, tuple(part for item in node.parts for part in _signed(item)), node.name)
    found = _signed(node)
    return found[0] if len(found) == 1 else Node("list", found, "or")


def values(node: Node) -> list[Node]:
    """The values that an answer offers, each once; a lone one is a list of one."""
    node = spread(bare(node))
    found: list[Node] = []
    for part in node.parts[:_MOST] if node.op == "list" else (node,):
        said = stated(part) if part.op == "relation" and not is_region(part) else part
        if not any(same(one, said) for one in found):
            found.append(said)
    return found


def spelled(words: str) -> str:
    """Words without case, edges and double spaces."""
    return " ".join(words.strip(" .,;:!()'\"").split()).casefold()


def _domain(node: Node) -> bool:
    """Whether a thing of a list only says where a name comes from: "n in Z"."""
    return node.op == "relation" and node.name == "in" and node.parts[1].name in _DOMAINS


@lru_cache(maxsize=2048)
def _signed(node: Node) -> tuple[Node, ...]:
    return (_with_sign(node, "+"), _with_sign(node, "-")) if _has(node, "pm") else (node,)


def _with_sign(node: Node, sign: str) -> Node:
    parts = tuple(_with_sign(part, sign) for part in node.parts)
    if node.op == "pm":
        return parts[0] if node.name == sign else Node("-", parts)
    return Node(node.op, parts, node.name, node.value) if parts else node


def _has(node: Node, op: str) -> bool:
    return node.op == op or any(_has(part, op) for part in node.parts)


def _same_quantity(gold: Node, answer: Node, question: Asked) -> bool | None:
    """A unit may be left out, but not be another one; a per cent sign may be worked out, and so may degrees."""
    left, right = units.unit(gold), units.unit(answer)
    if left and right and units.clash(left, right):
        return False
    found = same(units.inner(gold), units.inner(answer), question)
    if found or left == right or not {left, right} & {"%", "°"}:
        return found
    return same_value(units.in_ones(gold), units.in_ones(answer))


def _same_region(gold: Node, answer: Node, question: Asked) -> bool | None:
    """Sets of numbers; inequalities between several names if one is a positive multiple of the other."""
    about = variables(gold), variables(answer)
    if all(about) and about[0] != about[1]:
        return False
    left, right = region(gold), region(answer)
    if left is not None and right is not None:
        return same_region(left, right)
    if gold.op == answer.op and len(gold.parts) == len(answer.parts):
        if gold.op == "relation":
            return _same_inequality(gold, answer)
        if gold.name == answer.name:
            return _all(gold.parts, answer.parts, question)
    return False if left is not None or right is not None else None


def _same_inequality(gold: Node, answer: Node) -> bool | None:
    if len(gold.parts) != 2:
        return None
    turned = gold.name[:1] != answer.name[:1]
    if gold.name[1:] != answer.name[1:] or "!" in gold.name + answer.name:
        return False
    factor = proportional(difference(gold), difference(answer))
    return factor is not None and (factor < 0) == turned


def _same_related(gold: Node, answer: Node, question: Asked) -> bool | None:
    """An equation and a value, or two equations."""
    if answer.op != "relation":
        return label(gold) is not None and same(stated(gold), answer, question)
    if gold.op != "relation":
        said = result(answer, question)
        if said is None:
            return False
        found = same(gold, said, question)
        sides = answer.parts if not found and not names(answer) else ()
        forms = bool(sides) and all(same_value(side, said) for side in sides)  # 1302_5 = 202
        return True if forms and any(same(gold, side, question) for side in sides) else found
    mine, theirs = label(gold), label(answer)
    if mine is not None and theirs is not None and same_label(mine, theirs):
        return same(stated(gold), stated(answer), question)
    if mine is not None and (question.solved or not (names(stated(gold)) or question.curve)):
        return False  # the answer is an equation that is still to be solved, or solved for something else
    return equivalent(gold, answer)


def _same_list(gold: Node, answer: Node, question: Asked) -> bool | None:
    """Several values: their order does not count, unless they have names or the question asks for one."""
    mine, theirs = _assigned(gold), _assigned(answer)
    if mine and theirs:
        return mine.keys() == theirs.keys() and _all(
            [mine[name] for name in sorted(mine)], [theirs[name] for name in sorted(mine)], question
        )
    if mine or theirs:
        return _same_assigned(gold, answer, mine or theirs or {}, question)
    left, right = _listed(gold, question), _listed(answer, question)
    if len(left) != len(right):
        kept = values(answer)
        return same(gold, kept[0], question) if len(kept) == 1 and answer.op == "list" and len(left) == 1 else False
    if question.ordered and "set" not in (gold.op, answer.op):
        return _all(left, right, question)
    unsettled = False
    for item in left:
        found = [same(item, other, question) for other in right]
        if True in found:
            del right[found.index(True)]
        elif None in found:
            unsettled = True
        else:
            return False
    return None if unsettled else True


def _same_assigned(gold: Node, answer: Node, named: dict[str, Node], question: Asked) -> bool | None:
    """Values with names against a point, a list in the order of the names, or the one that is asked for."""
    other = answer if _assigned(gold) else gold
    ordered = [named[name] for name in sorted(named)]
    if (other.op == "bracket" and other.name == "()") or other.op == "list":
        left, right = (ordered, other.parts) if other is answer else (other.parts, ordered)
        return len(left) == len(right) and _all(left, right, question)
    wanted = [value for name, value in named.items() if name in question.names]
    return other is gold and len(wanted) == 1 and same(gold, wanted[0], question)


def _assigned(node: Node) -> dict[str, Node]:
    """The values of a list that gives each its own name: "x = 3, y = 4"; empty if it is no such list."""
    found: dict[str, Node] = {}
    for part in node.parts if node.op == "list" else ():
        named = label(part) if part.op == "relation" and set(part.name.split()) == {"="} else None
        if named is None or named.op != "name" or named.name in found:
            return {}
        found[named.name] = stated(part)
    return found


def _listed(node: Node, question: Asked) -> list[Node]:
    parts = node.parts[:_MOST] if node.op in ("list", "set") else (node,)
    return [result(part, question) or part if part.op == "relation" else part for part in parts]


def _same_ordered(gold: Node, answer: Node, question: Asked) -> bool | None:
    """Points, vectors, intervals and matrices: as many parts, the same brackets, and the same in each place."""
    if gold.op == answer.op:
        return (
            gold.name == answer.name
            and len(gold.parts) == len(answer.parts)
            and _all(gold.parts, answer.parts, question)
        )
    if {gold.op, answer.op} == {"matrix", "bracket"}:
        point, grid = (gold, answer) if gold.op == "bracket" else (answer, gold)
        flat = [part for row in grid.parts for part in row.parts]
        one = len(grid.parts) == 1 or all(len(row.parts) == 1 for row in grid.parts)
        return one and point.name == "()" and len(flat) == len(point.parts) and _all(flat, point.parts, question)
    return gold.op == answer.op == "row" and _all(gold.parts, answer.parts, question)


def _all(left: Sequence[Node], right: Sequence[Node], question: Asked) -> bool | None:
    unsettled = False
    for a, b in zip(left, right, strict=True):
        if a.op == b.op == "row":
            found = len(a.parts) == len(b.parts) and _all(a.parts, b.parts, question)
        else:
            found = same(a, b, question)
        if found is False:
            return False
        unsettled = unsettled or found is None
    return None if unsettled else True


def _multiplied(node: Node) -> Node:
    """A number times a matrix as the matrix of the products."""
    if node.op in ("*", "/"):
        left, right = map(_multiplied, node.parts)
        if "matrix" in (left.op, right.op) and left.op != right.op and not (node.op == "/" and right.op == "matrix"):
            grid, number = (left, right) if left.op == "matrix" else (right, left)
            pairs = ((part, number) if node.op == "/" else (number, part) for row in grid.parts for part in row.parts)
            cells = [Node(node.op, pair) for pair in pairs]
            width = len(grid.parts[0].parts)
            return Node("matrix", tuple(Node("row", tuple(cells[i : i + width])) for i in range(0, len(cells), width)))
    if node.op == "-" and (inner := _multiplied(node.parts[0])).op == "matrix":
        rows = (Node("row", tuple(Node("-", (part,)) for part in row.parts)) for row in inner.parts)
        return Node("matrix", tuple(rows))
    return node


def _same_scalar(gold: Node, answer: Node, question: Asked) -> bool | None:
    left, right = _digits(gold), _digits(answer)
    if left and right and (left[2] or right[2]):
        based = left[2] == right[2] or not right[2] or (not left[2] and (right[2] == 10 or question.based))
        return left[:2] == right[:2] and based
    return True if rounded(gold, answer) else same_value(gold, answer)


def _digits(node: Node) -> tuple[bool, str, int] | None:
    """The sign, digits and base of a whole number, the base 0 where none is written."""
    negative = node.op == "-"
    node = node.parts[0] if negative else node
    if node.op == "based":
        return negative, node.name.lstrip("0"), int(node.value)
    return (negative, node.name.lstrip("0"), 0) if node.op == "number" and node.name.isdigit() else None
