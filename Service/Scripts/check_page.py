"""Looks at the page in a headless browser: check_page.py URL ACCOUNTS FOLDER.

Light and dark, wide and narrow: rules of accessibility (axe-core), reach by keyboard alone, requests to elsewhere, time to load.
Pictures are left in FOLDER. Exits 1 if something does not hold.
"""

from __future__ import annotations

import pathlib
import sys
import time

import axe_core_python
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

AXE = (pathlib.Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WITHIN = 2_000
"""Milliseconds in which the page has to be there, also with many accounts."""


def browser() -> webdriver.Chrome:
    """A browser without a window."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.binary_location = "/usr/bin/chromium"
    return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))


def violations(driver: webdriver.Chrome) -> list[str]:
    """What axe-core finds wrong, a line each."""
    driver.execute_script(AXE)
    found = driver.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations))")
    return [
        f"{one['id']} ({one['impact']}): {one['help']}; {len(one['nodes'])} times, first {one['nodes'][0]['html'][:120]}"
        for one in found
    ]


USABLE = (
    "const all = [...document.querySelectorAll('a[href],button,input,[tabindex=\"0\"],summary')]"
    ".filter(e => e.offsetParent !== null || e.classList.contains('skip'))"
    ".filter(e => e.tagName === 'SUMMARY' || !e.closest('details:not([open])'));")


def keyboard(driver: webdriver.Chrome) -> list[str]:
    """What can be used and is not reached by the tabulator, or shows no focus. The page renews itself meanwhile, so that elements are
    known by their place."""
    count = driver.execute_script(USABLE + "return all.length")
    driver.execute_script("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached: dict[int, bool] = {}
    for _ in range(count + 5):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        place, shown = driver.execute_script(
            USABLE + "const e = document.activeElement; const s = getComputedStyle(e);"
            "return [all.indexOf(e), (s.outlineStyle !== 'none' && s.outlineWidth !== '0px') || s.boxShadow !== 'none']")
        if place >= 0:
            reached[place] = shown
    faults = [f"element {place} is not reached by the keyboard" for place in range(count) if place not in reached]
    return faults + [f"element {place} shows no focus" for place, shown in reached.items() if not shown]


def main() -> int:
    url, accounts, folder = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    driver = browser()
    driver.set_script_timeout(120)
    try:
        for scheme in ("light", "dark"):
            for width in (1280, 400):
                name = f"{accounts} accounts, {scheme}, {width} wide"
                driver.execute_cdp_cmd(
                    "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
                driver.execute_cdp_cmd(
                    "Emulation.setDeviceMetricsOverride",
                    {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
                driver.get(url)
                WebDriverWait(driver, 30).until(lambda d: d.find_element(By.ID, "figures"))
                took = driver.execute_script(
                    "const n = performance.getEntriesByType('navigation')[0]; return n.domContentLoadedEventEnd")
                time.sleep(3)
                elsewhere = driver.execute_script(
                    "return performance.getEntriesByType('resource').map(r => r.name).filter(n => !n.startsWith(location.origin))")
                wide = driver.execute_script("return document.documentElement.scrollWidth > window.innerWidth")
                found = [f"asks {one}" for one in elsewhere] + violations(driver) + keyboard(driver)
                if took > WITHIN:
                    found.append(f"is there after {took:.0f} ms only")
                if wide:
                    found.append("is wider than the window")
                height = driver.execute_script("return document.documentElement.scrollHeight")
                driver.execute_cdp_cmd(
                    "Emulation.setDeviceMetricsOverride",
                    {"width": width, "height": min(height, 4000), "deviceScaleFactor": 1, "mobile": False})
                driver.save_screenshot(str(folder / f"{accounts}-{scheme}-{width}.png"))
                print(f"{name}: there after {took:.0f} ms, {len(found)} faults", flush=True)
                faults += [f"{name}: {one}" for one in found]
    finally:
        driver.quit()
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
