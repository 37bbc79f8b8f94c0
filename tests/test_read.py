"""Catches: files lost or hanging, errors that teach nothing, an original that the bytes don't give back."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from pipeline.config import ConfigError
from pipeline.stages import read as reading
from pipeline.stages.read import ReadError, discover, from_text, read

NEWS = "糖尿病患者超1.4亿，同比增长5%。"


def write(path: Path, data: str | bytes = NEWS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def names(root: Path, inputs: list[str | Path]) -> list[str]:
    return [path.relative_to(root).as_posix() for path in discover(inputs)]


# --- discover ---------------------------------------------------------------------------------


def test_files_and_folders_sorted_each_once(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/b/c.HTML", "a.txt", "photo.jpg", "a/.hidden"):
        write(tmp_path / name)
    found = names(tmp_path, [tmp_path, tmp_path / "a", str(tmp_path / "b.txt")])
    assert found == ["a.txt", "a/.hidden", "a/b/c.HTML", "a/z.md", "b.txt", "photo.jpg"]


def test_what_is_no_file_comes_back_to_be_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "self.txt").symlink_to("self.txt")
    (tmp_path / "dangling.txt").symlink_to("gone.txt")
    assert names(tmp_path, [tmp_path, tmp_path / "missing"]) == [
        "dangling.txt",
        "missing",
        "pipe.txt",
        "self.txt",
    ]


def test_folder_loops_end_and_lose_nothing(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.txt")
    write(tmp_path / "elsewhere" / "b.txt")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in", target_is_directory=True)
    (tmp_path / "in" / "0far").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    write(tmp_path / "elsewhere" / "deep" / "c.txt")
    (tmp_path / "elsewhere" / "deep" / "back").symlink_to(tmp_path / "in", target_is_directory=True)
    assert names(tmp_path, [tmp_path / "in"]) == ["in/0far/b.txt", "in/0far/deep/c.txt", "in/a.txt"]


def test_a_linked_folder_never_hides_the_real_path(tmp_path: Path) -> None:
    write(tmp_path / "z" / "a.txt")
    (tmp_path / "a").symlink_to(tmp_path / "z", target_is_directory=True)
    assert names(tmp_path, [tmp_path]) == ["z/a.txt"]


def test_names_no_one_expects(tmp_path: Path) -> None:
    write(tmp_path / "folder.txt" / "a.txt")
    write(tmp_path / "new\nline.txt")
    bytes_name = os.fsencode(tmp_path) + b"/\xd4\xf6.txt"
    Path(os.fsdecode(bytes_name)).write_bytes(NEWS.encode())
    found = discover([tmp_path])
    assert len(found) == 3
    sources = [read(path, shown=path.as_posix()) for path in found]
    assert len({source.doc_id for source in sources}) == 3


def test_folder_that_cannot_be_listed_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "ok" / "a.txt")
    write(tmp_path / "shut" / "b.txt")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert names(tmp_path, [tmp_path]) == ["ok/a.txt", "shut"]


def test_many_folders_deep(tmp_path: Path) -> None:
    write(tmp_path.joinpath(*["d"] * 300) / "a.txt")
    assert len(discover([tmp_path])) == 1


# --- read -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_original_is_what_the_bytes_decode_to(tmp_path: Path, name: str, codec: str, newline: str) -> None:
    text = newline.join([NEWS] * 3)
    path = write(tmp_path / name, text.encode(codec))
    source = read(path, shown="in/" + name)
    assert source.original == text
    assert path.read_bytes().decode(source.encoding) == source.original
    assert (source.path, source.bytes) == ("in/" + name, path.stat().st_size)
    assert NEWS in source.text


def test_id_depends_on_path_and_content_only(tmp_path: Path) -> None:
    first = read(write(tmp_path / "a.txt"), shown="a.txt")
    again = read(write(tmp_path / "b.txt"), shown="a.txt")
    assert first.doc_id == again.doc_id
    assert first.doc_id != read(tmp_path / "a.txt", shown="c.txt").doc_id
    assert first.doc_id != read(write(tmp_path / "a.txt", NEWS + "。"), shown="a.txt").doc_id
    assert len(first.doc_id) == 13


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_front_matter_is_metadata_not_text(tmp_path: Path, name: str) -> None:
    original = f"---\r\ntitle: 涨3倍\r\ndate: 2024-05-07\r\nsource: 某某报\r\n---\r\n# 题\r\n{NEWS}"
    source = read(write(tmp_path / name, original), shown=name)
    assert (source.title, source.published, source.publisher) == ("涨3倍", "2024-05-07", "某某报")
    assert source.alignment is None
    assert "涨3倍" not in source.text
    assert len(source.text) == len(source.original)
    at = source.text.index(NEWS)
    assert source.original[at : at + len(NEWS)] == NEWS
    assert [source.text[a:b] for a, b in source.headings] == (["题"] if name == "a.md" else [])


def test_html_has_an_alignment_to_its_source(tmp_path: Path) -> None:
    original = "<html><body><p>共<b>3</b>万&#20363;</p></body></html>"
    source = read(write(tmp_path / "a.htm", original), shown="a.htm")
    assert source.text == "共3万例"
    assert source.alignment is not None
    low, high = source.alignment.to_source(1, 4)
    assert source.original[low:high] == "3</b>万&#20363;"
    assert reading.visible(source.original[low:high], source.media_type) == "3万例"


@pytest.mark.parametrize(
    ("name", "data", "code", "says"),
    [
        ("a.txt", b"", "empty", "0 bytes"),
        ("a.txt", b" \r\n\t\xe3\x80\x80", "blank", "no visible text"),
        ("a.txt", b"\xef\xbb\xbf", "blank", "no visible text"),
        ("a.html", b"<html><script>5</script></html>", "blank", "no visible text"),
        ("a.md", b"---\ntitle: a\n---\n", "blank", "no visible text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0", "binary", "PNG"),
        ("a.txt", b"5%\0\0", "binary", "NUL"),
        ("a.txt", b"\xff" * 9, "encoding-unclear", "--encoding"),
        ("a.docx", b"PK", "unsupported", ".txt .md .html .htm"),
        ("noextension", b"5%", "unsupported", ".txt"),
        ("a.txt", b"5" * 2000, "too-large", "ZHCLAIMS_MAX_MB"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, code: str, says: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(write(tmp_path / name, data), shown=f"in/{name}", max_bytes=1000)
    assert caught.value.code == code
    assert says in caught.value.message
    assert caught.value.message.startswith(f"in/{name}: ")
    assert code in (reading.__doc__ or "")


def test_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # socket paths are limited to about 100 bytes
        server.bind("socket.txt")
        codes = {}
        for name in (
            "folder.txt",
            "pipe.txt",
            "loop.txt",
            "socket.txt",
            "gone.txt",
            "a\0b.txt",
            "a" * 300 + ".txt",
        ):
            with pytest.raises(ReadError) as caught:
                read(tmp_path / name, shown=name)
            codes[name[:10]] = caught.value.code
    assert codes == {
        "folder.txt": "folder",
        "pipe.txt": "not-a-file",
        "loop.txt": "link-loop",
        "socket.txt": "not-a-file",
        "gone.txt": "missing",
        "a\0b.txt": "unreadable",
        "a" * 10: "unreadable",
    }


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ReadError, match="chmod") as caught:
        read(path, shown="a.txt")
    assert caught.value.code == "unreadable"


def test_pipe_that_takes_a_files_place_after_the_check_does_not_hang(tmp_path: Path) -> None:
    """Runs in a process of its own, so that a hang fails instead of stopping the tests."""
    script = f"""
        import os
        from pathlib import Path
        from pipeline.stages.read import ReadError, discover, read
        folder = Path({str(tmp_path)!r})
        regular = folder / "regular.txt"
        regular.write_text("5%")
        os.mkfifo(folder / "pipe.txt")
        status = os.stat(regular)
        discover([folder])
        stat, os.stat = os.stat, lambda path, **_: status
        try:
            read(folder / "pipe.txt", shown="pipe.txt")
        except ReadError as error:
            print(error.code)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        timeout=30,
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.stdout.strip() == "not-a-file"


def test_messages_can_be_printed(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        read(tmp_path / "x.txt", shown="a\nb\udcd4.txt")
    assert "\n" not in caught.value.message
    caught.value.message.encode("utf-8")


def test_error_survives_a_process_boundary() -> None:
    error = pickle.loads(pickle.dumps(ReadError("empty", "a.txt: empty")))
    assert (error.code, error.message, str(error)) == ("empty", "a.txt: empty", "a.txt: empty")


def test_limit_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt", "5" * 2000)
    monkeypatch.setenv("ZHCLAIMS_MAX_MB", "0.001")
    with pytest.raises(ReadError, match=r"limit is 0\.001 MB"):
        read(path, shown="a.txt")
    monkeypatch.setenv("ZHCLAIMS_MAX_MB", "much")
    with pytest.raises(ConfigError, match="ZHCLAIMS_MAX_MB='much'"):
        read(path, shown="a.txt")
    monkeypatch.setenv("ZHCLAIMS_MAX_MB", "")
    assert read(path, shown="a.txt").bytes == 2000


def test_text_that_is_no_file() -> None:
    source = from_text("---\n增长5%\n", published="2024-05")
    assert source.text == source.original == "---\n增长5%\n"
    assert source.published == "2024-05"
    assert from_text("\udcd4").doc_id
    with pytest.raises(ValueError, match="2025-04-29"):
        from_text("增长", published="上周")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (f"标题\r\n发布时间：2024-05-07 10:22\r\n{NEWS}", "2024-05-07"),
        (f"【日期: 2024年5月7日】\n{NEWS}", "2024-05-07"),
        (f"手术日期：2024-05-07\n{NEWS}", ""),
        (f"日期：待定，见2024-05-07的通知。\n{NEWS}", ""),
        ("\n" * 3 + "文\n" * 10 + "发布时间：2024-05-07", ""),
    ],
)
def test_labelled_date_of_plain_text(tmp_path: Path, text: str, date: str) -> None:
    labels = reading.dateline_labels(Path(__file__).parents[1] / "rules" / "words" / "dateline.csv")
    assert read(write(tmp_path / "a.txt", text), shown="a.txt", labels=labels).published == date
