"""Documents: unreadable on disk, whole when opened, of an allowed kind, not too large, gone when removed."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from access.models import AccessRecord, Post
from access.roles import Role
from access.wall import Side, taken
from cases import documents, filetypes
from cases.models import Case, Document
from tests.factories.access import PostFactory
from tests.factories.cases import CaseFactory, DocumentFactory

SECRET = b"Verzonnen geheim dat nergens leesbaar mag staan. " * 20
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\0" * 32
JPEG = bytes.fromhex("ffd8ffe000104a46494600") + b"\0" * 32
PDF = b"%PDF-1.7\n%verzonnen\n"


def zipped(**parts: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


DOCX = zipped(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
XLSX = zipped(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"})
ODT = zipped(mimetype=b"application/vnd.oasis.opendocument.text")
MACRO = zipped(**{"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b"x"})


def keep(case: Case, post: Post, content: bytes = SECRET) -> Document:
    return documents.store(case, post, content=content, type=filetypes.TEXT, title="Verslag", kind="report")


@pytest.fixture
def case(region: Any, store: Path) -> Case:
    return CaseFactory(region=region)  # type: ignore[no-any-return]


# -- What a file is ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, filetypes.PDF),
        (PNG, filetypes.PNG),
        (JPEG, filetypes.JPEG),
        (DOCX, filetypes.DOCX),
        (XLSX, filetypes.XLSX),
        (ODT, filetypes.ODT),
        ("Gewone tekst – met een streepje.\n".encode(), filetypes.TEXT),
        (MACRO, None),
        (zipped(**{"anything.exe": b"MZ"}), None),
        (b"PK\x03\x04 not really", None),
        (b"MZ\x90\x00" + b"\0" * 64, None),
        (b"<html><script>alert(1)</script></html>", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"{\\rtf1 ", None),
        (b"GIF89a" + b"\0" * 32, None),
        (b"\xff\xfe\x00\x01\x02", None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, kind: Any) -> None:
    assert filetypes.of_content(content) is kind


@given(st.binary(max_size=300))
def test_no_content_makes_the_check_stumble(content: bytes) -> None:
    filetypes.of_content(content)
    filetypes.of_content(b"PK\x03\x04" + content)


# -- On disk ---------------------------------------------------------------------
@pytest.mark.usefixtures("care")
def test_nothing_of_a_document_can_be_read_on_disk(case: Case, coordinator: Post, store: Path) -> None:
    document = keep(case, coordinator)
    files = [path for path in store.rglob("*") if path.is_file()]
    assert len(files) == 1
    stored = files[0].read_bytes()
    assert SECRET[:20] not in stored and b"Verslag" not in stored
    assert "Verslag" not in str(files[0]) and case.number not in str(files[0]) and str(document.pk) not in str(files[0])
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert documents.content_of(document) == SECRET


@pytest.mark.usefixtures("care")
def test_a_file_that_was_tampered_with_is_not_given_out(case: Case, coordinator: Post) -> None:
    document = keep(case, coordinator)
    path = documents.place(document.stored_name)
    path.write_bytes(path.read_bytes()[:-5] + b"xxxxx")
    with pytest.raises(documents.DocumentUnreadable):
        documents.content_of(document)


@pytest.mark.usefixtures("care")
def test_a_file_put_in_the_place_of_another_is_not_given_out(case: Case, coordinator: Post) -> None:
    one, other = keep(case, coordinator), keep(case, coordinator, b"Iets anders")
    documents.place(one.stored_name).write_bytes(documents.place(other.stored_name).read_bytes())
    with pytest.raises(documents.DocumentUnreadable):
        documents.content_of(one)


@pytest.mark.usefixtures("care")
def test_a_new_key_in_front_still_opens_what_the_old_one_closed(case: Case, coordinator: Post, settings: Any) -> None:
    document = keep(case, coordinator)
    new, old = Fernet.generate_key().decode(), settings.LOODS_DOCUMENT_KEYS
    settings.LOODS_DOCUMENT_KEYS = [new, *old]
    assert documents.content_of(document) == SECRET
    documents.encrypt_anew(documents.place(document.stored_name))
    settings.LOODS_DOCUMENT_KEYS = [new]
    assert documents.content_of(document) == SECRET
    settings.LOODS_DOCUMENT_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(documents.DocumentUnreadable):
        documents.content_of(document)


@pytest.mark.parametrize(("keys", "check"), [([], "cases.E001"), (["no key"], "cases.E002")])
def test_a_missing_or_broken_key_is_said_at_the_start(settings: Any, keys: list[str], check: str) -> None:
    settings.LOODS_DOCUMENT_KEYS = keys
    assert check in {message.id for message in run_checks()}


# -- The command ---------------------------------------------------------------------
@pytest.mark.usefixtures("care")
def test_the_command_finds_what_is_lost_damaged_or_left_over(
    case: Case, coordinator: Post, capsys: Any, store: Path
) -> None:
    sound, damaged, lost = (keep(case, coordinator) for _ in range(3))
    documents.place(damaged.stored_name).write_bytes(b"x")
    documents.place(lost.stored_name).unlink()
    left_over = documents.place(DocumentFactory.build(case=None, uploaded_by=None).stored_name)
    left_over.parent.mkdir(parents=True, exist_ok=True)
    left_over.write_bytes(b"x")
    with pytest.raises(CommandError):
        call_command("documents")
    told = capsys.readouterr().out
    assert str(damaged.pk) in told and str(lost.pk) in told and str(sound.pk) not in told
    assert left_over.exists(), "a file that is still young may belong to a transaction that runs"


# -- Putting in ---------------------------------------------------------------------
def upload(client: Client, case: Case, content: bytes, name: str, **more: Any) -> Any:
    data = {"title": "Verslag van de arts", "kind": "medical", **more, "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("cases:add_document", args=[case.pk]), data)


def kept() -> list[Document]:
    with taken(Side.CARE):
        return list(Document.objects.all())


def test_a_document_is_kept_and_given_back_as_a_download(
    case: Case, coordinator: Post, sign_in: Callable[[Post], Client]
) -> None:
    client = sign_in(coordinator)
    answer = upload(client, case, PDF, "Arts over Anna.PDF")
    assert answer.status_code == 302
    (document,) = kept()
    assert document.content_type == "application/pdf"
    answer = client.get(reverse("cases:document", args=[document.pk]))
    assert answer.content == PDF
    assert answer["Content-Disposition"] == f'attachment; filename="{case.number}-{document.pk.hex[:6]}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    with taken(Side.CARE):
        line = AccessRecord.objects.get(action="export")
    assert line.subject == case.person_id and line.object_id == str(document.pk)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"MZ\x90\x00" + b"\0" * 64, "verslag.pdf", "van een soort"),
        (PNG, "verslag.pdf", "PNG"),
        (PDF, "verslag", "PDF"),
        (MACRO, "verslag.docx", "van een soort"),
        (b"", "leeg.txt", "leeg"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_the_title_kept(
    case: Case, coordinator: Post, sign_in: Callable[[Post], Client], content: bytes, name: str, says: str
) -> None:
    answer = upload(sign_in(coordinator), case, content, name)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Verslag van de arts" in answer.content.decode()
    assert kept() == []


def test_a_file_that_is_too_large_is_refused_early_and_what_was_typed_kept(
    case: Case, coordinator: Post, sign_in: Callable[[Post], Client], settings: Any, store: Path
) -> None:
    settings.DOCUMENT_MAX_BYTES = 100_000
    answer = upload(sign_in(coordinator), case, PDF + b"x" * 100_000, "groot.pdf")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "groter dan" in page and "Verslag van de arts" in page
    assert 'value="medical" selected' in page
    assert kept() == [] and not store.exists()


def test_a_body_that_is_too_large_is_not_read_whole(settings: Any) -> None:
    from django.test import RequestFactory

    from cases.uploads import refused

    settings.DOCUMENT_MAX_BYTES = 1000
    head = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nVerslag\r\n'
    head += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    sent = 0

    class Endless(BytesIO):
        def read(self, size: int = -1) -> bytes:  # type: ignore[override]
            nonlocal sent
            found = super().read(size)
            sent += len(found)
            return found

    body = Endless(head + b"x" * 3_000_000)
    request = RequestFactory().generic("POST", "/", b"-", content_type="multipart/form-data; boundary=x")
    request.META["CONTENT_LENGTH"] = str(10**9)
    request._stream = body  # type: ignore[attr-defined]
    assert request.POST["title"] == "Verslag"
    assert refused(request) and not request.FILES


def test_a_disk_that_refuses_is_told_and_nothing_half_is_left(
    case: Case, coordinator: Post, sign_in: Callable[[Post], Client], settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.DOCUMENT_ROOT = tmp_path / "file" / "documents"
    answer = upload(sign_in(coordinator), case, PDF, "verslag.pdf")
    assert answer.status_code == 422
    assert "Verslag van de arts" in answer.content.decode()
    assert kept() == []


# -- Who ---------------------------------------------------------------------
def test_a_document_of_a_hidden_case_does_not_exist(
    case: Case, coordinator: Post, sign_in: Callable[[Post], Client]
) -> None:
    with taken(Side.CARE):
        hidden = keep(CaseFactory(), coordinator)
        restricted = keep(CaseFactory(region=case.region, restricted=True), coordinator)
    client = sign_in(coordinator)
    for name in ("cases:document", "cases:remove_document"):
        absent = client.get(reverse(name, args=["00000000-0000-4000-8000-000000000000"]))
        for document in (hidden, restricted):
            answer = client.get(reverse(name, args=[document.pk]))
            assert answer.status_code == absent.status_code == 404
            assert len(answer.content) == len(absent.content)


@pytest.mark.parametrize("role", [Role.SHELTER_PROVIDER, Role.ADMINISTRATOR, Role.ANALYST, Role.INVESTIGATOR])
def test_other_roles_cannot_open_documents_at_all(
    case: Case, coordinator: Post, sign_in: Callable[[Post], Client], role: Role
) -> None:
    with taken(Side.CARE):
        document = keep(case, coordinator)
    answer = sign_in(PostFactory(role=role)).get(reverse("cases:document", args=[document.pk]))
    assert answer.status_code == 403
    assert SECRET not in answer.content


def test_a_removed_document_is_gone_from_disk_and_its_line_stays(
    case: Case, coordinator: Post, sign_in: Callable[[Post], Client], django_capture_on_commit_callbacks: Any
) -> None:
    with taken(Side.CARE):
        document = keep(case, coordinator)
    client = sign_in(coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("cases:remove_document", args=[document.pk]), {"reason": "Verkeerd dossier"})
    assert answer.status_code == 302
    assert not documents.place(document.stored_name).exists()
    assert kept()[0].removed_reason == "Verkeerd dossier"
    assert client.get(reverse("cases:document", args=[document.pk])).status_code == 404


def test_a_document_that_cannot_be_opened_says_so(
    case: Case, coordinator: Post, sign_in: Callable[[Post], Client]
) -> None:
    with taken(Side.CARE):
        document = keep(case, coordinator)
    documents.place(document.stored_name).unlink()
    answer = sign_in(coordinator).get(reverse("cases:document", args=[document.pk]))
    assert answer.status_code == 410
