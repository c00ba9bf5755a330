// Filter, sort, keyboard walk, copying and the theme. All of the page is there without it.
(function () {
  "use strict";
  var root = document.documentElement;
  var find = function (id) { return document.getElementById(id); };
  var all = function (selector, within) { return Array.from((within || document).querySelectorAll(selector)); };

  // Theme: the system's until somebody presses the button
  var theme = find("theme");
  var dark = function () {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  var show = function () { if (theme) { theme.setAttribute("aria-pressed", String(dark())); } };
  try { var kept = localStorage.getItem("nuansa-theme"); if (kept) { root.dataset.theme = kept; } } catch (e) { /* private */ }
  if (theme) {
    theme.hidden = false;
    theme.addEventListener("click", function () {
      root.dataset.theme = dark() ? "light" : "dark";
      try { localStorage.setItem("nuansa-theme", root.dataset.theme); } catch (e) { /* private */ }
      show();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
    show();
  }

  // Copying; where the browser forbids it the text is selected, to be copied by hand
  all("button.copy").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var pre = button.parentElement.querySelector("pre");
      var done = function () { button.textContent = "✓"; setTimeout(function () { button.textContent = label; }, 1500); };
      var select = function () {
        getSelection().selectAllChildren(pre);
        try { if (document.execCommand("copy")) { done(); } } catch (e) { /* stays selected */ }
      };
      var label = button.dataset.label || (button.dataset.label = button.textContent);
      if (navigator.clipboard) { navigator.clipboard.writeText(pre.textContent).then(done, select); } else { select(); }
    });
  });

  // The table of actors, by any of its columns
  var ranks = find("ranks");
  if (ranks) {
    var body = ranks.tBodies[0];
    var value = function (row, key) {
      var cell = row.cells[key === "name" ? 0 : Number(key)];
      if (key === "name") { return cell.textContent; }
      var means = all(".mean", cell).filter(function (m) { return getComputedStyle(m).display !== "none"; });
      return means.length && means[0].dataset.v ? Number(means[0].dataset.v) : null;
    };
    all("th[data-sort]", ranks).forEach(function (th) {
      var label = th.querySelector("span") || th;
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = label.textContent;
      label.textContent = "";
      label.append(button);
      button.addEventListener("click", function () {
        var key = th.dataset.sort;
        var down = th.getAttribute("aria-sort") !== "descending" && !(key === "name" && th.getAttribute("aria-sort") !== "ascending");
        all("th[data-sort]", ranks).forEach(function (other) { other.setAttribute("aria-sort", "none"); });
        th.setAttribute("aria-sort", down ? "descending" : "ascending");
        order(Array.from(body.rows), function (row) { return value(row, key); }, down).forEach(function (row) { body.append(row); });
      });
    });
  }

  // Rows by value; those without one last in either direction
  function order(rows, of, down) {
    var keyed = rows.map(function (row, k) { return { row: row, value: of(row), k: k }; });
    keyed.sort(function (a, b) {
      var none = (a.value === null || a.value === "") - (b.value === null || b.value === "");
      var by = typeof a.value === "string" ? a.value.localeCompare(b.value, root.lang) : a.value - b.value;
      return none || (down ? -by : by) || a.k - b.k;
    });
    return keyed.map(function (each) { return each.row; });
  }

  // The list of articles
  var list = find("stories"), form = find("filter");
  var visible = function () { return all(":scope > li", list).filter(function (li) { return !li.hidden; }); };
  if (list && form) {
    var items = all(":scope > li", list), texts = new Map();
    form.hidden = false;
    all(".hint.script").forEach(function (hint) { hint.hidden = false; });
    // What a reader sees of an article, without the details of its sentences
    var words = function (li) {
      if (!texts.has(li)) {
        var said = all(".title, .meta", li).map(function (e) { return e.textContent; });
        all(".s", li).forEach(function (s) {
          s.childNodes.forEach(function (node) { if (node.className !== "d") { said.push(node.textContent); } });
        });
        texts.set(li, (said.join(" ") + " " + li.dataset.id).toLowerCase());
      }
      return texts.get(li);
    };
    var filter = function () {
      var asked = find("q").value.toLowerCase().split(/\s+/).filter(Boolean), lean = find("lean").value, n = 0;
      items.forEach(function (li) {
        var s = li.dataset.s === "" ? 0 : Number(li.dataset.s);
        var fits = (!lean || (lean === "e" ? s > 0 : s < 0)) && asked.every(function (word) { return words(li).includes(word); });
        li.hidden = !fits;
        n += fits ? 1 : 0;
      });
      var found = find("found");
      found.textContent = found.dataset.text.replace("#", n).replace("@", items.length);
    };
    var sort = function () {
      var key = find("order").value, down = key[0] !== "-";
      key = key.replace("-", "");
      order(items, function (li) {
        var value = li.dataset[key];
        return value === "" ? null : key === "d" ? value : Number(value);
      }, down).forEach(function (li) { list.append(li); });
    };
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    find("q").addEventListener("input", filter);
    find("lean").addEventListener("change", filter);
    find("order").addEventListener("change", sort);
    filter();
  }

  // Bars beside the probabilities, drawn when a sentence is first looked at
  var NS = "http://www.w3.org/2000/svg", KINDS = ["e", "n", "d", "g", "n", "p"];
  var bars = function (event) {
    var s = event.target instanceof Element && event.target.closest(".text .s[data-p]");
    if (!s) { return; }
    var shares = s.dataset.p.split(" ").map(Number), lines = all(".d > .l", s);
    s.removeAttribute("data-p");
    [0, 3].forEach(function (from, k) {
      var svg = document.createElementNS(NS, "svg"), x = 0;
      svg.setAttribute("class", "pb");
      svg.setAttribute("aria-hidden", "true");
      shares.slice(from, from + 3).forEach(function (share, part) {
        var rect = document.createElementNS(NS, "rect");
        rect.setAttribute("class", KINDS[from + part]);
        rect.setAttribute("x", x + "%");
        rect.setAttribute("width", share + "%");
        x += share;
        svg.append(rect);
      });
      if (lines[k]) { lines[k].after(svg); }
    });
  };
  document.addEventListener("mouseover", bars);
  document.addEventListener("focusin", bars);

  // One stop of the tab key an article; arrows go from sentence to sentence
  all(".text").forEach(function (text) {
    all(".s", text).forEach(function (s, k) { s.tabIndex = k ? -1 : 0; });
  });
  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof Element)) { return; }
    var sentence = event.target.closest(".text .s"), summary = event.target.closest("#stories summary");
    if (sentence) {
      var text = sentence.closest(".text"), sentences = all(".s", text), at = sentences.indexOf(sentence);
      var to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: sentences.length - 1 }[event.key];
      if (event.key === "Escape") {
        var details = text.closest("details");
        if (details) { details.open = false; details.querySelector("summary").focus(); } else { sentence.blur(); }
      } else if (to !== undefined && sentences[to]) {
        sentence.tabIndex = -1;
        sentences[to].tabIndex = 0;
        sentences[to].focus();
        sentences[to].scrollIntoView({ block: "nearest" });
        event.preventDefault();
      }
    } else if (summary) {
      var heads = visible().map(function (li) { return li.querySelector("summary"); }).filter(Boolean);
      var next = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (next && heads[heads.indexOf(summary) + next]) {
        heads[heads.indexOf(summary) + next].focus();
        event.preventDefault();
      } else if (event.key === "ArrowRight" && summary.parentElement.open) {
        var first = summary.parentElement.querySelector(".s");
        if (first) { first.focus(); event.preventDefault(); }
      } else if (event.key === "Escape") {
        summary.parentElement.open = false;
      }
    }
  });
  // A link to an article opens it
  var open = function () {
    var target = location.hash && find(location.hash.slice(1)), details = target && target.closest("details");
    if (details) { details.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();
})();
