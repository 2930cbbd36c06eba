"""来信导入: a file of answered letters, from its bytes to the facts; four events a letter on both sides."""

import csv
import io
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

from api.letters import COLUMNS, land, read
from bench import cases, stock
from bench.measure import Comparison, per_piece
from bench.place import Place
from domain.acts import SHANGHAI
from domain.casework import Casework

LETTERS = 300
TIME = "%Y-%m-%d %H:%M:%S"
PLACES = ("清江区望月小区", "河西镇二组", "东湖街道老火车站", "南门口农贸市场", "新城三期安置房")
MATTERS = (
    "楼道照明长期损坏无人维修,晚上老人出行很不方便",
    "道路施工围挡占用人行道已近半年,学生上学只能走机动车道",
    "物业收取的停车费没有公示标准,业主多次询问没有结果",
    "自来水水压不足,五楼以上在用水高峰时段基本无水可用",
    "拆迁补偿款的发放时间一再推迟,希望有关部门给出明确答复",
)
ANSWERS = (
    "收到来信后,我们高度重视,立即安排工作人员到现场核实情况",
    "经查,来信反映的情况属实,相关单位已经制定整改方案",
    "下一步将督促责任单位按期完成整改,并及时向群众公布进展",
    "感谢您对我们工作的关心与监督,如有疑问请拨打服务热线咨询",
)


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: the import in batches against the library, one letter and one save at a time."""
    with place.ours() as (_, casework), place.stock() as env, stock.Petitions(env) as application:
        cases.found_office(casework)
        serials = count(1)

        yield Comparison(
            name="letters",
            what="import of answered letters",
            against="stock Application, one save a letter",
            unit="letters/s",
            ours=lambda: take(letters(serials), casework),
            theirs=lambda: stock_take(letters(serials), application),
        )


def take(content: bytes, casework: Casework) -> float:
    """导入: the product's own way, as an upload takes it."""
    landed: list[int] = []

    def work() -> None:
        reading = read(content, cases.CLERK.today)
        landed.extend(one.landed for one in land(casework, reading.letters, lambda: cases.CLERK))

    seconds = per_piece(LETTERS, work)
    if sum(landed) != LETTERS:
        raise AssertionError("not every letter landed")
    return seconds


def stock_take(content: bytes, application: stock.Petitions) -> float:
    """对照导入: the same file through the standard library's reader; nothing is checked."""

    def work() -> None:
        for letter in csv.DictReader(io.StringIO(content.decode())):
            application.save(stock_letter(letter))

    return per_piece(LETTERS, work)


def stock_letter(letter: dict[str, str]) -> stock.Petition:
    """对照来信: registered and accepted on one day, answered and served on another."""
    usual = {"by": cases.CLERK.by, "unit": cases.OFFICE, "role": cases.CLERK.role}
    came, answered = ({"on": letter[name][:10], **usual} for name in ("留言时间", "答复时间"))
    number, who, subject, _, content, reply, _ = (letter[name] for name in COLUMNS)
    petition = stock.Petition(number=number, subject=subject, content=content, petitioner=who, **came)
    petition.accept("ordinary", **came)
    petition.reply("explain", reply, **answered)
    petition.serve("opinion", "online", **answered)
    return petition


def letters(serials: Iterator[int]) -> bytes:
    """来信文件: made up, some hundreds of characters each; the next serials, so that none was there before."""
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for _ in range(LETTERS):
        table.writerow(letter(next(serials)))
    return file.getvalue().encode()


def letter(serial: int) -> tuple[str, ...]:
    """来信: one line of the file."""
    dice = Random(serial)
    where, matter = dice.choice(PLACES), dice.choice(MATTERS)
    came = datetime(2019, 1, 2, 9, 30, tzinfo=SHANGHAI) + timedelta(hours=dice.randrange(8000))
    answered = came + timedelta(hours=dice.randrange(1, 1500))
    content = "。".join([f"我是{where}的居民,{matter}", *dice.choices(MATTERS, k=dice.randrange(4, 16))])
    reply = "。".join(dice.choices(ANSWERS, k=dice.randrange(6, 20)))
    return (
        str(serial),
        f"U{serial:08d}",
        f"{where}{matter[:12]}",
        came.strftime(TIME),
        f"{content}。",
        f"{reply}。",
        answered.strftime(TIME),
    )
