using System.Globalization;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The functions that every chat template can call.</summary>
internal static class Globals
{
    // The limit of the sandbox that templates are written for.
    private const int MaxRange = 100_000;

    private static readonly Dictionary<char, string> _dateParts = new()
    {
        ['Y'] = "yyyy",
        ['y'] = "yy",
        ['m'] = "MM",
        ['B'] = "MMMM",
        ['b'] = "MMM",
        ['d'] = "dd",
        ['A'] = "dddd",
        ['a'] = "ddd",
        ['H'] = "HH",
        ['I'] = "hh",
        ['M'] = "mm",
        ['S'] = "ss",
        ['p'] = "tt",
    };

    /// <summary>A scope in which the functions have their names.</summary>
    public static Scope Create(TimeProvider time)
    {
        var scope = new Scope();
        Add("raise_exception", arguments => throw Raised(arguments));
        Add("range", Range);
        Add("dict", arguments => Fill(new JinjaMapping(), arguments));
        Add("namespace", Namespace);
        Add("strftime_now", arguments => Format(time.GetLocalNow(), arguments.Text(0, "format").Value));
        return scope;

        void Add(string name, JinjaFunction function) => scope.Set(name, function);
    }

    private static JinjaException Raised(Arguments arguments) =>
        new(Printer.Print(arguments.Require(0, "message")).Value);

    private static object Range(Arguments arguments)
    {
        var first = arguments.Whole(0, "start", 0);
        var isInterval = arguments.Positional.Count > 1;
        var start = isInterval ? first : 0;
        var stop = isInterval ? arguments.Whole(1, "stop", 0) : first;
        var step = arguments.Whole(2, "step", 1);
        if (step == 0 || (stop - (Int128)start) / step > MaxRange)
        {
            throw new JinjaException($"range has at most {MaxRange} numbers and a step other than 0");
        }

        var numbers = new List<object?>();
        for (var number = start; step > 0 ? number < stop : number > stop; number += step)
        {
            numbers.Add(number);
        }

        return new JinjaList(numbers);
    }

    private static JinjaMapping Fill(JinjaMapping mapping, Arguments arguments)
    {
        foreach (var (key, value) in arguments.Positional is [JinjaMapping given, ..] ? given.Entries : [])
        {
            mapping[key] = value;
        }

        foreach (var (name, value) in arguments.Named)
        {
            mapping[name] = value;
        }

        return mapping;
    }

    private static JinjaNamespace Namespace(Arguments arguments)
    {
        var names = new JinjaNamespace();
        foreach (var (key, value) in Fill(new JinjaMapping(), arguments).Entries)
        {
            names.Attributes[Printer.Print(key).Value] = value;
        }

        return names;
    }

    private static MarkedText Format(DateTimeOffset now, string format)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            var part = format[++i];
            if (part == '%')
            {
                text.Append('%');
            }
            else if (_dateParts.TryGetValue(part, out var pattern))
            {
                text.Append(now.ToString(pattern, CultureInfo.InvariantCulture));
            }
            else
            {
                throw new JinjaException($"strftime_now does not know %{part}");
            }
        }

        return MarkedText.Trusted(text.ToString());
    }
}
