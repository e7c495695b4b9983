using R1Reward.Data;
using R1Reward.Policy.Tokenization.Jinja;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Tokenization.Jinja;

public sealed class JinjaTemplateTests
{
    private static readonly Dictionary<string, object?> _variables = new()
    {
        ["n"] = 3L,
        ["s"] = MarkedText.Trusted("a b"),
        ["list"] = new JinjaList([1L, 2L, 3L]),
        ["d"] = new JinjaMapping { ["k"] = 1L },
    };

    [Theory]
    [InlineData("a\n\n{% if %}", 3)]
    [InlineData("a\n{{ missing.role }}", 2)]
    [InlineData("{% for i in list %}\n{{ i }}\n{{ i.x.y }}{% endfor %}", 3)]
    [InlineData("\n\n{# open", 3)]
    [InlineData("\n{% raw %}", 2)]
    [InlineData("{{ 'open }}", 1)]
    [InlineData("\n{% endfor %}", 2)]
    [InlineData("{% if n %}\n\nx", 3)]
    [InlineData("{% include 'x' %}", 1)]
    [InlineData("\n{% break %}", 2)]
    [InlineData("\n{{ n | nothing }}", 2)]
    [InlineData("\n{{ n is nothing }}", 2)]
    [InlineData("{{ n / 0 }}", 1)]
    [InlineData("{{ n() }}", 1)]
    [InlineData("{{ range(1000000) }}", 1)]
    [InlineData("{% set d.k = 1 %}", 1)]
    [InlineData("{% for a, b in list %}{% endfor %}", 1)]
    [InlineData("{{ 9223372036854775807 + 1 }}", 1)]
    [InlineData("\n{{ raise_exception('a\\n\\x1b[31mb') }}", 2)]
    [InlineData("{{ none | tojson }}\n{{ missing | tojson }}", 2)]
    public void Errors_name_the_line_in_one_sentence(string source, int line)
    {
        var error = Assert.Throws<UserErrorException>(() => Render(source));
        Assert.StartsWith($"Chat template: t.jinja, line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("{{ ", "(", "1", ")", " }}")]
    [InlineData("{{ 1", " + 1", "", "", " }}")]
    [InlineData("", "{% if n %}", "", "{% endif %}", "")]
    [InlineData("{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}", "", "", "", "")]
    [InlineData("{% set ns = namespace(x=1) %}", "{% set ns.x = [ns.x] %}", "{{ ns.x }}", "", "")]
    public void Endless_nesting_is_an_error_and_not_the_end_of_the_process(
        string start,
        string opening,
        string middle,
        string closing,
        string end)
    {
        const int depth = 100_000;
        var source =
            start
            + string.Concat(Enumerable.Repeat(opening, depth))
            + middle
            + string.Concat(Enumerable.Repeat(closing, depth))
            + end;
        Assert.Contains(
            "deeply",
            Assert.Throws<UserErrorException>(() => Render(source)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}text{% endfor %}{% endfor %}")]
    [InlineData("{% macro f(x) %}{% if x %}{{ f(x - 1) }}{{ f(x - 1) }}{% endif %}{% endmacro %}{{ f(60) }}")]
    [InlineData("{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [InlineData("{% set n = namespace(x=1) %}{% for i in range(99) %}{% set n.x = [n.x] * 2 %}{% endfor %}{{ n.x }}")]
    [InlineData("{{ 'a' * 2000000000 }}")]
    [InlineData("{{ list * 2000000000 }}")]
    [InlineData("{{ range(99999) | join('x' * 99999) }}")]
    [InlineData("{{ ('a' * 99999) | replace('a', 'b' * 99999) }}")]
    [InlineData("{{ range(99999) | map('string') | map('indent', 99999, true) | list }}")]
    [InlineData("{{ 'a\nb' | indent(9999999999) }}")]
    [InlineData("{{ list | tojson(indent=9999999999) }}")]
    [InlineData("{% set t = 'a' * 9999999 %}{% for i in range(99999) %}{% if 'b' in t %}{% endif %}{% endfor %}")]
    public async Task Endless_work_is_an_error_and_takes_seconds(string source)
    {
        var rendering = Task.Run(() => Render(source));
        var error = await Assert.ThrowsAsync<UserErrorException>(() => rendering.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.Contains("runs without end", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_is_counted_for_each_rendering_anew()
    {
        var template = "{% for a in range(99999) %}{{ list[0] }}{% endfor %}";
        Assert.All(Enumerable.Range(0, 40), _ => Assert.Equal(99999, Render(template).Length));
    }

    // Checked against the reference engine.
    [Theory]
    [InlineData(
        "{{ list[::2] }}{{ list[5:] }}{{ list[-2:] }}{{ list[::-2] }}{{ list[1:1] }}",
        "[1, 3][][2, 3][3, 1][]")]
    [InlineData(
        "{{ -n ** 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7.5 // 2 }} {{ 2 ** 3 ** 2 }} {{ 2 * 3 ~ 1 }}",
        "9 -4 2 3.0 64 61")]
    [InlineData(
        "{{ 1e16 }} {{ 123456789012345680.0 }} {{ 0.0001 }} {{ 0.00001 }} {{ 100000.0 }} {{ 5e-324 }}",
        "1e+16 1.2345678901234568e+17 0.0001 1e-05 100000.0 5e-324")]
    [InlineData("{{ 'a' 'b' }}{{ '\\x41\\u00e9\\q' }}", "abA\u00e9\\q")]
    [InlineData("{% set x %}<{{ n }}>{% endset %}{{ x }}{{ x | length }}", "<3>3")]
    [InlineData("{% set a, b = 1, 2 %}{{ b }}{{ (a, b) }}{{ (1,) }}", "2(1, 2)(1,)")]
    [InlineData("{{ {'a': {'b': 1}} }}{{ {'a': {'b': 1}}}}", "{'a': {'b': 1}}{'a': {'b': 1}}")]
    [InlineData("{{ list | map('string') | join('-') }}{{ [d, d] | map(attribute='k') | list }}", "1-2-3[1, 1]")]
    [InlineData(
        "{{ list | select('odd') | list }}{{ [d] | selectattr('k', 'equalto', 1) | list | length }}"
            + "{{ list | reject('in', [1, 2]) | list }}",
        "[1, 3]1[3]")]
    [InlineData(
        "{{ ['b', 'A', 'c'] | sort | join }}{{ ['b', 'A'] | sort(reverse=true) | join }}"
            + "{{ list | sum }}{{ list | max }}{{ list | reverse | list }}",
        "AbcbA63[3, 2, 1]")]
    [InlineData("{{ 'x' if n is divisibleby 3 else 'y' }}{{ n is not none and n is integer }}", "xTrue")]
    [InlineData(
        "{% for i in list %}{{ loop.cycle('a', 'b') }}{{ loop.previtem }}{{ loop.revindex }}{% endfor %}",
        "a3b12a21")]
    [InlineData("{%+ if n %}  x{% endif +%}\n y", "  x\n y")]
    [InlineData("  {%+ if n %}x{% endif %}", "  x")]
    [InlineData(
        "{{ s.title() }}{{ s | title }}{{ 'aB cD' | capitalize }}{{ s.split(' ', 1) }}{{ ' a  b c '.split(none, 1) }}",
        "A BA BAb cd['a', 'b']['a', 'b c ']")]
    [InlineData(
        "{{ \"it's\" }}{{ [\"it's\", 'a\"b', '\\n\u00e9\u200b'] }}",
        "it's[\"it's\", 'a\"b', '\\n\u00e9\\u200b']")]
    [InlineData("{{ 'a\nb' | indent }}|{{ 'a\n\nb' | indent(2, true) }}", "a\n    b|  a\n\n  b")]
    [InlineData("{% raw -%}  {{ x }} {%- endraw %}|", "{{ x }}|")]
    [InlineData("{{ strftime_now('%d %b %Y') }}", "01 Jan 2026")]
    [InlineData(
        "{{ '3' | int + 1 }}{{ 'x' | int(7) }}{{ '1.5' | float }}{{ 2.567 | round(2) }}{{ -3 | abs }}",
        "471.52.573")]
    public void Values_are_computed_and_printed_as_python_does(string source, string expected) =>
        Assert.Equal(expected, Render(source));

    private static string Render(string source)
    {
        // Noon of the first day: the same date in every time zone.
        var time = new ManualTime();
        time.Advance(TimeSpan.FromHours(12));
        return JinjaTemplate.Parse(source, "t.jinja").Render(_variables, time).Value;
    }
}
