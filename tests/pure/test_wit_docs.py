"""Comments of WIT files, which come back to the text of a component."""

from pathlib import Path

import pytest

from unit_wasm.cli import main
from unit_wasm.wit.docs import WitSyntaxError, read_docs, with_docs

WIT = """/// What is drawn.
/// In two lines.
package demo:geo@1.0.0;

/** Shapes,
 *  and more. */
interface shapes {
  use other:x/y@0.2.0.{thing as a-thing};
  /// A point.
  @since(version = 1.0.0)
  record point {
    /// To the right.
    x: s32,
    y: list<tuple<s32, s32>>, // no doc
    /// Last.
    %type: s32
  }
  /// A shape.
  variant shape { /// Round.
    circle(point), none }
  /// Colours.
  enum color { red, /// As grass.
    green, }
  flags perm { /// Read.
    read }
  /// Many.
  type points = list<point>;
  /// Drawn on.
  resource canvas {
    /// Made.
    constructor(size: point);
    /// Draws.
    draw: func(what: shape) -> result<_, color>;
    /* no doc */
    all: static func() -> points;
  }
  /// A function.
  area: async func(of: shape) -> f64;
}

/// Whatever.
world any {
  include demo:other/w@0.1.0 with { a as b }
  /// Told.
  import log: func(m: string);
  /// Used.
  import demo:geo/shapes@1.0.0;
  import inline: interface {
    /// Inside.
    f: func();
  }
  /// Given.
  export run: func();
}

package demo:nested {
  /// Nested.
  interface n {
    /// Nested, too.
    f: func();
  }
}
"""

TEXT = """package root:component;

world root {
  import demo:geo/shapes@1.2.0;
  import inline: interface {
    f: func();
  }
  import log: func(m: string);

  export run: func();
}
package demo:geo@1.2.0 {
  interface shapes {
    use other:x/y@0.2.0.{thing as a-thing};

    record point {
      x: s32,
      y: list<tuple<s32, s32>>,
      %type: s32,
    }

    variant shape {
      circle(point),
      none,
    }

    enum color {
      red,
      green,
    }

    flags perm {
      read,
    }

    type points = list<point>;

    resource canvas {
      constructor(size: point);
      draw: func(what: shape) -> result<_, color>;
      all: static func() -> points;
    }

    area: async func(of: shape) -> f64;
  }
}


package demo:nested {
  interface n {
    f: func();
  }
}
"""

COMMENTS = {
    "world root {": ["Whatever."],
    "import demo:geo/shapes@1.2.0;": ["Used."],
    "import log: func(m: string);": ["Told."],
    "export run: func();": ["Given."],
    "package demo:geo@1.2.0 {": ["What is drawn.", "In two lines."],
    "interface shapes {": ["Shapes,", "and more."],
    "record point {": ["A point."],
    "x: s32,": ["To the right."],
    "%type: s32,": ["Last."],
    "variant shape {": ["A shape."],
    "circle(point),": ["Round."],
    "enum color {": ["Colours."],
    "green,": ["As grass."],
    "read,": ["Read."],
    "type points = list<point>;": ["Many."],
    "resource canvas {": ["Drawn on."],
    "constructor(size: point);": ["Made."],
    "draw: func(what: shape) -> result<_, color>;": ["Draws."],
    "area: async func(of: shape) -> f64;": ["A function."],
    "interface n {": ["Nested."],
}


def test_comments_come_back() -> None:
    docs, package = read_docs(WIT)
    assert package == "demo:geo"
    lines = with_docs(TEXT, docs).splitlines()
    found: dict[str, list[str]] = {}
    pending: list[str] = []
    plain: list[str] = []
    for line in lines:
        if line.strip().startswith("///"):
            pending.append(line.strip()[4:])
            continue
        plain.append(line)
        if pending:
            found.setdefault(line.strip(), []).extend(pending)
            pending = []
    assert "\n".join(plain) + "\n" == TEXT
    inner = found.pop("f: func();")
    assert inner == ["Inside.", "Nested, too."]
    assert found == COMMENTS


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("interface {", 1, "name is expected, not {"),
        ("package a:b;\ninterface x {\n  f: func()\n", 3, "; is expected, not the end"),
        ("interface x { record r { a: u8", 1, ", or } is expected, not the end"),
        ("interface x {", 1, "name is expected, not the end"),
        ("nonsense x;", 1, "nonsense begins nothing"),
        ("/* no end", 1, "a comment or text has no end"),
        ('interface x {\n @external-id("a\n', 2, "a comment or text has no end"),
    ],
)
def test_what_is_no_wit(text: str, line: int, message: str) -> None:
    with pytest.raises(WitSyntaxError) as error:
        read_docs(text)
    assert (str(error.value), error.value.line) == (message, line)


def test_docs_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file may leave its package to another one."""
    wit = tmp_path / "wit" / "deps"
    wit.mkdir(parents=True)
    (wit / "a.wit").write_text("interface store {\n  /// Gets.\n  get: func();\n}\n")
    (wit / "b.wit").write_text("/// Keys.\npackage acme:kv@2.0.0;\n")
    file = tmp_path / "x.wat"
    file.write_text('(component (import "acme:kv/store@0.1.0" (instance (export "get" (func)))))')
    command = ["inspect", "--wit", str(file), "--docs", str(tmp_path / "wit")]
    assert main(command) == 0
    assert capsys.readouterr().out.endswith(
        "/// Keys.\npackage acme:kv@0.1.0 {\n  interface store {\n    /// Gets.\n"
        "    get: func();\n  }\n}\n"
    )
    assert main(["inspect", str(file), "--docs", str(tmp_path)]) == 1
    assert "--docs is for --wit" in capsys.readouterr().err
    (tmp_path / "none").mkdir()
    assert main([*command[:-1], str(tmp_path / "none")]) == 1
    assert "there is no .wit file" in capsys.readouterr().err
    (wit / "b.wit").write_text("package acme:kv@2.0.0;\n\ninterface {")
    assert main(command) == 1
    assert f"{wit}/b.wit, line 3: name is expected, not {{" in capsys.readouterr().err
