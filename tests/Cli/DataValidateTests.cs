using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

public sealed class DataValidateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_wrong_is_printed_for_people_and_for_programs_and_ends_with_code_1()
    {
        var path = _folder.Write(
            "rows.jsonl",
            """
            {"prompt":"p","image_0":"a.png","image_1":"b.png","preference":"A","alignment":"B"}
            {"prompt":"p","image_0":"a.png","preference":"A"}
            """);

        var people = await Invocation.RunAsync(
            "data", "validate", path, "--media-presence-only", "--max-problems", "2");
        var programs = await Invocation.RunAsync("data", "validate", path, "--json");

        Assert.Equal((1, 1), (people.ExitCode, programs.ExitCode));
        Assert.Contains($"{path}:1: image {_folder.At("a.png")}: Missing: does not exist", people.Output);
        Assert.Contains("and 1 more, which a higher --max-problems shows", people.Output);
        Assert.Contains("wrong: media 2, row 1", people.Output);
        var report = JObject.Parse(programs.Output);
        Assert.Equal((2, 1), ((int)report["counts"]!["media"]!, (int)report["counts"]!["row"]!));
        Assert.Equal($"{path}:2", (string?)report["problems"]!.Single(one => (string?)one["kind"] == "row")["place"]);
        var labels = report["sets"]![0]!["labels"]!;
        Assert.Equal((1, 0), ((int)labels["preference"]!["first"]!, (int)labels["alignment"]!["first"]!));
        Assert.Equal(1, (int)report["sets"]![0]!["question-length"]!["p50"]!);
    }

    [Fact]
    public async Task Programs_get_every_problem_with_its_field_unless_they_say_how_many()
    {
        var path = _folder.Write(
            "rows.jsonl",
            string.Concat(Enumerable.Repeat("""{"question":"q","response1":1,"response2":"b"}""" + "\n", 30)));
        var all = JObject.Parse((await Invocation.RunAsync("data", "validate", path, "--json")).Output);
        Assert.Equal(
            Enumerable.Repeat("response1", 30), all["problems"]!.Select(problem => (string?)problem["field"]));
        var some = JObject.Parse(
            (await Invocation.RunAsync("data", "validate", path, "--json", "--max-problems", "2")).Output);
        Assert.Equal(2, some["problems"]!.Count());
    }

    [Fact]
    public async Task A_good_set_ends_with_code_0_and_one_that_is_not_there_with_one_line()
    {
        var good = _folder.Write("good.jsonl", """{"question":"q","response1":"a","response2":"b"}""");

        var shown = await Invocation.RunAsync("data", "validate", "pairs:" + good);

        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("nothing is wrong", shown.Output);
        Assert.Contains(
            "nowhere.jsonl: no such file",
            (await Invocation.RunAsync("data", "validate", "pairs:nowhere.jsonl")).Mistake());
    }
}
