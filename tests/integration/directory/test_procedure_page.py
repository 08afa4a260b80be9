"""A procedure's page and its sheet to hang up: what to bring, where near me, open now, whom to call."""

from tests.support.directory_world import Directory
from tests.support.reference_data import BUSINESS, MARRIAGE, sample_files


async def test_a_procedure_says_where_near_me_it_is_handed_in(directory: Directory) -> None:
    browser = directory.browser()
    everywhere = (await browser.get(f"/directory/procedures/{BUSINESS}")).text
    assert everywhere.index("Trung tâm Phục vụ hành chính công") < everywhere.index("Bộ phận Một cửa huyện Hà An")
    assert 'href="tel:02993821001"' in everywhere
    near = (await browser.get(f"/directory/procedures/{BUSINESS}", params={"near": "thi tran ha an"})).text
    assert "Bộ phận Một cửa huyện Hà An" in near
    assert "Trung tâm Phục vụ hành chính công" not in near
    assert "Không tìm thấy đơn vị nào" in (await browser.get(f"/directory/procedures/{BUSINESS}?near=zzz")).text
    old = (await browser.get(f"/directory/procedures/{BUSINESS}?version=1&near=ha+an")).text
    assert '<input type="hidden" name="version" value="1">' in old
    assert "Bưu điện huyện Hà An" not in old


async def test_a_unit_that_has_ended_takes_no_procedure_any_more(directory: Directory) -> None:
    ended = sample_files()["units.csv"].replace(
        '000.00.01.H99,2017-01-01,,,yes,mot-cua,4,"Khu 2', '000.00.01.H99,2017-01-01,2025-06-30,,yes,mot-cua,4,"Khu 2'
    )
    assert (await directory.import_files({"units.csv": ended})).json()["changed"]["units"] == 1
    page = (await directory.browser().get(f"/directory/procedures/{BUSINESS}")).text
    await directory.import_files({"units.csv": sample_files()["units.csv"]})
    assert "<strong>Bộ phận Một cửa huyện Hà An" not in page
    assert "<strong>Trung tâm Phục vụ hành chính công" in page


async def test_legal_basis_and_forms_are_shown_where_they_are_known(directory: Directory) -> None:
    browser = directory.browser()
    before = (await browser.get(f"/directory/procedures/{MARRIAGE}")).text
    assert "Luật Hộ tịch năm 2014" in before
    assert "Tải mẫu" not in before
    assert "Căn cứ pháp lý" not in (await browser.get(f"/directory/procedures/{BUSINESS}")).text
    files = sample_files()
    heading, *rows = files["papers.csv"].splitlines()
    of_marriage = "Tờ khai đăng ký kết hôn,yes,1,"
    files["papers.csv"] = "\n".join([f"{heading},form", *(f"{row}," for row in rows)]).replace(
        of_marriage, f'{of_marriage}https://vidu.test/mau?a=1&b="x'
    )
    refused = await directory.import_files({name: files[name] for name in ("procedures.csv", "papers.csv", "competences.csv")})
    assert refused.status_code == 422, refused.text
    assert "https://" in refused.text
    files["papers.csv"] = files["papers.csv"].replace('b="x', "b=x")
    taken = await directory.import_files({name: files[name] for name in ("procedures.csv", "papers.csv", "competences.csv")})
    assert taken.status_code == 200, taken.text
    assert 'href="https://vidu.test/mau?a=1&amp;b=x"' in (await browser.get(f"/directory/procedures/{MARRIAGE}")).text


async def test_the_poster_is_the_version_in_force_with_the_unit_where_it_hangs(directory: Directory) -> None:
    browser = directory.browser()
    poster = (await browser.get(f"/directory/procedures/{BUSINESS}/poster")).text
    assert "3 ngày làm việc" in poster
    assert "Giấy đề nghị đăng ký hộ kinh doanh" in poster
    assert 'src="data:image/svg+xml' in poster
    assert f"/directory/procedures/{BUSINESS}" in poster
    assert "Nộp tại" not in poster
    here = (await browser.get(f"/directory/procedures/{BUSINESS}/poster?unit=000.00.21.H99")).text
    assert "Bộ phận Một cửa huyện Hà An" in here
    assert "0299 3821 001" in here
    assert "Nộp tại" not in (await browser.get(f"/directory/procedures/{BUSINESS}/poster?unit=H99.21.05.13")).text
    assert (await browser.get("/directory/procedures/9.999999/poster")).status_code == 404
