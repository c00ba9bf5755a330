"""A small corpus with wire copies, and an actor list in which actors belong to others."""

from __future__ import annotations

import random
from typing import Any

LIST = """
[[actor]]
id = "arunika"
type = "state"
name = "Arunika"
aliases.any = ["Arunika"]
[[actor]]
id = "benara"
type = "state"
name = "Benara"
aliases.any = ["Benara"]
[[actor]]
id = "kementerian"
type = "organisation"
name = "Kementerian Laut Arunika"
aliases.any = ["Kementerian Laut"]
affiliation = "arunika"
[[actor]]
id = "sura"
type = "person"
name = "Sura Tamba"
aliases.any = ["Sura Tamba", "Sura"]
affiliation = "kementerian"
[[actor]]
id = "mira"
type = "person"
name = "Mira Landu"
aliases.any = ["Mira Landu", "Mira"]
affiliation = "benara"
"""

#: Sentences of one report, each with another wording.
REPORT = [
    (
        "Sura Tamba mengancam akan menutup Selat Lembah mulai besok pagi.",
        "Selat Lembah akan ditutup besok pagi, demikian ancaman Sura Tamba.",
    ),
    (
        "Benara menolak ancaman Arunika dan menyiagakan empat kapal perangnya.",
        "Empat kapal disiagakan Benara, yang tidak menerima ancaman Arunika itu.",
    ),
    (
        "“Kami siap berunding kapan saja,” kata Mira Landu kepada Sura Tamba.",
        "Mira Landu menyampaikan kepada Sura bahwa pintu perundingan tetap terbuka.",
    ),
    (
        "Kementerian Laut belum memberi keterangan mengenai nasib para nelayan.",
        "Tentang para nelayan itu Kementerian Laut masih diam sampai berita ini dibuat.",
    ),
    (
        "Harga ikan di pasar pelabuhan naik dua kali lipat dalam sepekan.",
        "Dalam tujuh hari pembeli di pelabuhan membayar ikan dua kali lebih mahal.",
    ),
    (
        "Arunika menuduh Benara memasang pukat di perairan yang disengketakan.",
        "Menurut Arunika, pukat di perairan sengketa itu dipasang oleh Benara.",
    ),
    (
        "Sura memerintahkan penjaga pantai menahan setiap kapal asing.",
        "Setiap kapal asing harus ditahan penjaga pantai, perintah Sura.",
    ),
    (
        "Mira menyebut perintah itu melanggar perjanjian yang lama berlaku.",
        "Perjanjian lama telah dilanggar oleh perintah tersebut, ujar Mira.",
    ),
    (
        "Dua puluh keluarga mengungsi ke balai desa sejak Senin malam.",
        "Balai desa menampung dua puluh keluarga pengungsi mulai Senin malam.",
    ),
    (
        "Para pedagang meminta kedua pihak menahan diri sampai musim panen.",
        "Hingga panen tiba, kedua pihak diminta pedagang untuk tidak gegabah.",
    ),
    (
        "Perundingan pertama gagal karena Arunika menarik utusannya.",
        "Karena utusan Arunika ditarik, putaran pertama tidak membawa hasil.",
    ),
    (
        "Benara mengirim surat kepada Kementerian Laut pada hari Rabu.",
        "Pada Rabu sebuah surat dari Benara tiba di Kementerian Laut.",
    ),
    (
        "Isi surat itu belum diumumkan, tetapi nadanya disebut lebih lunak.",
        "Belum ada yang tahu bunyi surat tersebut; kabarnya ia ditulis dengan santun.",
    ),
    (
        "Seorang nelayan berkata bahwa ia tidak melaut sejak awal bulan.",
        "Sejak awal bulan perahunya tertambat, cerita seorang nelayan.",
    ),
    (
        "Arunika dan Benara pernah berdamai setelah perselisihan serupa.",
        "Perselisihan seperti itu dahulu berakhir dengan damai antara Arunika dan Benara.",
    ),
    (
        "Sekolah di tepi pantai diliburkan dua hari karena jalan ditutup.",
        "Murid di tepi pantai tinggal di rumah selama dua hari, sebab jalannya ditutup.",
    ),
    (
        "Mira Landu akan terbang ke ibu kota Arunika pada akhir pekan.",
        "Akhir pekan nanti ibu kota Arunika akan didatangi Mira Landu.",
    ),
    (
        "Sura belum memastikan apakah ia bersedia menemui tamunya itu.",
        "Apakah tamu itu akan diterima, Sura tidak mau menjawab.",
    ),
]
TITLE = "Selat Lembah akan ditutup"
#: A line that every page of one site has; long, so that its runs of words are in the prefix of most articles.
FOOTER = "Ikuti terus kabar terbaru dari kawasan selat di kanal kami dan unduh aplikasinya sekarang juga tanpa biaya."


def report(changed: set[int]) -> str:
    """The report, some of its sentences in the other wording."""
    return " ".join(both[at in changed] for at, both in enumerate(REPORT))


def record(id: str, isi: str | None, tanggal: str | None = "2031-05-03", judul: str | None = None) -> dict[str, Any]:
    """One article."""
    return {"id": id, "judul": judul, "tanggal": tanggal, "isi": isi}


def wires() -> list[dict[str, Any]]:
    """Copies, near copies, a chain of them, short and empty articles, and others at random.

    Neither ids nor dates rise, so that only the place in the file tells which of two is the earlier.
    """
    records = [
        record("z-asli", report(set()), "2031-05-09"),
        # The very words, in other case and with other marks
        record("b-salinan", report(set()).upper().replace("“", '"').replace(".", " !"), "2031-05-01"),
        record("y-satu", report({4}), "2031-05-08"),
        # Nearly repeats the one before and no earlier one
        record("a-rantai", report({4, 8}), "2030-12-30"),
        record("x-lain", report(set(range(18))), "2031-06-02"),
        record("c-lain", report(set(range(18))) + " Selesai.", "2031-01-31"),
        record("pendek-2", "Sura menolak.", None),
        record("pendek-1", "SURA   menolak", "2031-05-04"),
        record("kosong-1", None),
        record("kosong-2", " "),
        record("tanda", "… !", "kemarin"),
        record("arab", "قالت ميرا لاندو إن بينارا مستعدة للتفاوض مع أرونيكا في أي وقت تشاء.", "2031-05-05"),
        record("arab-2", "قالت ميرا لاندو إن بينارا مستعدة للتفاوض مع أرونيكا في أي وقت تشاء", "2031-05-05"),
        record("han", "贝纳拉外长周一晚间表示愿意恢复谈判并要求对方撤出边境地区的部队和装备。他说谈判不会中断。"),
        record("han-2", "贝纳拉外长周一晚间表示愿意恢复谈判并要求对方撤出边境地区的部队和装备。他说谈判不会中断！"),
        record("berjudul", report({2}), "2031-05-07", judul=TITLE),
        record("judul-2", f"{TITLE}\n\n{report({2})}", "2031-05-06", judul=TITLE),
    ]
    chance = random.Random(9)
    for n in range(48):
        changed = {at for at in range(len(REPORT)) if chance.random() < 0.07}
        first = chance.randrange(4)
        text = " ".join(both[at in changed] for at, both in enumerate(REPORT) if at >= first)
        day = f"2031-{1 + n % 9:02d}-{1 + chance.randrange(28):02d}"
        records.append(record(f"r{chance.randrange(10**6):06d}", f"{text}\n\n{FOOTER}", day))
    assert len({one["id"] for one in records}) == len(records)
    return records


WIRES = wires()
