using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using R1Reward.Data.Options;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Terms.Combined;
using R1Reward.Rewards.Terms.Format;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Terms.Judged.Rubric;
using R1Reward.Rewards.Terms.Judged.YesNo;
using R1Reward.Rewards.Terms.Length;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Terms.Result;
using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests.Terms;

/// <summary>docs/rewards.md: the defaults in its tables are those of the types that declare the options.</summary>
public sealed partial class OptionDefaultsTests
{
    private static readonly string Manual =
        File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "rewards.md"));

    private static readonly Dictionary<string, object> Options = new()
    {
        ["r1"] = new R1CompositionOptions(),
        ["format"] = new FormatOptions(),
        ["result"] = new ResultOptions(),
        ["consistency"] = new ConsistencyOptions(),
        ["repetition"] = new RepetitionOptions(),
        ["overlong"] = new OverlongOptions { MaxTokens = 1 },
        ["length"] = new LengthOptions { Max = 1 },
        ["ensemble"] = new EnsembleOptions { Members = [] },
        ["yes-no"] = new YesNoOptions(),
        ["rubric"] = new RubricOptions { Aspects = [] },
        ["remote"] = new RemoteRewardOptions { Url = new Uri("http://127.0.0.1"), Protocol = RemoteProtocol.R1 },
    };

    public static TheoryData<string, string, string> Documented
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var (type, options) in Options)
            {
                foreach (var (key, value) in Rows(type).Where(row => Property(options, row.Key) is not null))
                {
                    rows.Add(type, key, value);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Documented))]
    public void The_manual_gives_the_default_of_the_options_type(string type, string key, string documented)
    {
        var value = Property(Options[type], key)!.GetValue(Options[type]);
        var expected = value switch
        {
            bool flag => flag ? "on" : "off",
            Enum name => (string)typeof(EnumNames).GetMethod(nameof(EnumNames.Dashed))!
                .MakeGenericMethod(name.GetType()).Invoke(null, [name])!,
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
        Assert.Equal(expected, documented);
    }

    [Fact]
    public void Every_scalar_default_is_documented()
    {
        foreach (var (type, options) in Options)
        {
            var keys = Rows(type).Select(row => row.Key.Replace("-", "")).ToList();
            var scalars = Scalars(options).Select(property => property.Name.ToLowerInvariant());
            Assert.All(scalars, name => Assert.Contains(name, keys));
        }
    }

    /// <summary>The rows of a type's table; a row of two keys has two defaults.</summary>
    private static IEnumerable<(string Key, string Default)> Rows(string type)
    {
        var section = Manual[(Manual.IndexOf($"\n## `{type}`\n", StringComparison.Ordinal) + 1)..];
        var end = section.IndexOf("\n## ", StringComparison.Ordinal);
        foreach (Match row in TableRow().Matches(end < 0 ? section : section[..end]))
        {
            var keys = row.Groups[1].Value.Split(", ");
            var defaults = keys.Length == 1 ? [row.Groups[2].Value] : row.Groups[2].Value.Split(", ");
            foreach (var (key, value) in keys.Zip(defaults))
            {
                // What follows the value explains it: "0: nothing outside", "1024, or all of a shorter limit".
                yield return (key.Trim('`'), Explanation().Replace(value, "").Trim('`'));
            }
        }
    }

    private static PropertyInfo? Property(object options, string key) => Scalars(options)
        .FirstOrDefault(property => property.Name.Equals(key.Replace("-", ""), StringComparison.OrdinalIgnoreCase));

    // Required options have no default; those of texts and lists are described by a sentence.
    private static IEnumerable<PropertyInfo> Scalars(object options) => options.GetType().GetProperties()
        .Where(property => property.GetCustomAttribute<RequiredMemberAttribute>() is null)
        .Where(property => property.PropertyType is var type
            && (type.IsEnum || type == typeof(int) || type == typeof(double) || type == typeof(bool)));

    [GeneratedRegex(@"\n\| (`[^|]*`) \| [^|]* \| ([^|]*) \|")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"[:,] .*\z")]
    private static partial Regex Explanation();
}
