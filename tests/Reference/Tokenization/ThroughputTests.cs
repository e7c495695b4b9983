using System.Diagnostics;
using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace R1Reward.Reference.Tests.Tokenization;

public sealed class ThroughputTests(ITestOutputHelper output)
{
    // One core needs well below a second; the bound leaves room for a busy machine.
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(8);

    [ReferenceTheory("chat", "judge_prompts")]
    public void A_megabyte_of_prompts_is_a_matter_of_a_second(string name)
    {
        var tokenizer = Tokenizers.Load("chat", name);
        var texts = Texts(name).ToList();
        var megabyte = new List<string>();
        for (var bytes = 0; bytes < 1_000_000; bytes += Encoding.UTF8.GetByteCount(megabyte[^1]))
        {
            megabyte.Add(texts[megabyte.Count % texts.Count]);
        }

        tokenizer.Encode(megabyte[0]);
        var watch = Stopwatch.StartNew();
        var apart = megabyte.Sum(text => tokenizer.Encode(text).Length);
        var first = watch.Elapsed;
        watch.Restart();
        var whole = tokenizer.Encode(string.Concat(megabyte)).Length;
        output.WriteLine(
            $"1 MB in {megabyte.Count} texts: {first.TotalSeconds:0.00} s, {apart} tokens; "
            + $"as one text: {watch.Elapsed.TotalSeconds:0.00} s");
        Assert.InRange(first, TimeSpan.Zero, _bound);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, _bound);
        Assert.True(whole > megabyte.Count, $"{whole} tokens");
    }

    // The questions and responses of real evaluation data where they are at hand, else the rendered prompts.
    private static IEnumerable<string> Texts(string name)
    {
        var path = Path.Combine(Fixtures.Data, "vl_rewardbench.jsonl");
        return File.Exists(path)
            ? File.ReadLines(path)
                .Select(JObject.Parse)
                .SelectMany(row =>
                    new[] { (string?)row["prompt"], (string?)row["chosen"], (string?)row["rejected"] })
                .OfType<string>()
            : RowFile.Read("chat", name).Select(row => (string)row["prompt"]!);
    }
}
