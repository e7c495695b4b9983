using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Policy.Advantages;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Watch;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Configuration.Settings;

public sealed class RewardSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_terms_the_reward_is_the_R1_composition_in_the_form_that_is_set()
    {
        var rewards = Read("r1reward.rewards.composition = reference").Rewards;
        var term = Assert.Single(rewards.Terms);
        Assert.Equal(
            ("r1", "r1", 1.0, false, "reference", 0.5),
            (term.Name,
             term.Type,
             term.Weight,
             term.WaitsForBatch,
             (string?)term.Options["form"],
             (double)term.Options["consistency-weight"]!));
        Assert.Same(rewards.Terms, rewards.EvalTerms);
        Assert.Equal(
            0.0, (double)Read("r1reward.rewards.consistency = off").Rewards.Terms[0].Options["consistency-weight"]!);
    }

    [Fact]
    public void The_defaults_of_the_file_are_those_of_the_options()
    {
        var rewards = Read("").Rewards;

        Assert.Equal(new WatchOptions(), rewards.Watch);
        Assert.Equal(new R1CompositionOptions().Form, rewards.Composition);
    }

    [Fact]
    public void Terms_are_read_with_their_options_and_reach_the_advantages()
    {
        var settings = Read(
            """
            r1reward.rl.samples-per-prompt = 4
            r1reward.rewards {
              aggregation = gdpo
              terms = [
                { name = right, type = result, weight = 2, answer = phrase }
                { type = ensemble, weight = -0.5, async = off, members = [
                    { type = format }, { type = "length", max = 90 } ] }
              ]
              eval-terms = [ { type = result } ]
            }
            """);
        Assert.Equal(["right", "ensemble"], settings.Rewards.Terms.Select(term => term.Name));
        Assert.Equal([false, true], settings.Rewards.Terms.Select(term => term.WaitsForBatch));
        Assert.Equal("phrase", (string?)settings.Rewards.Terms[0].Options["answer"]);
        Assert.Equal("90", (string?)settings.Rewards.Terms[1].Options["members"]![1]!["max"]);
        Assert.Equal("result", Assert.Single(settings.Rewards.EvalTerms).Type);
        Assert.Equal(RewardAggregation.Gdpo, settings.Rl.Advantages.Aggregation);
        Assert.Equal([2.0, -0.5], settings.Rl.Advantages.TermWeights);
    }

    [Fact]
    public void Several_terms_need_a_choice_of_aggregation()
    {
        var path = Write("r1reward.rewards.terms = [ { type = format }, { type = result } ]\n");
        Assert.Contains(
            "r1reward.rewards.aggregation = \"\": several terms need a choice: write sum",
            Refused(path),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Gdpo_needs_several_samples_of_a_prompt()
    {
        var path = Write("r1reward.rewards.aggregation = gdpo\n");
        Assert.Contains(
            ":1:1: r1reward.rewards.aggregation = gdpo: gdpo compares samples of one prompt",
            Refused(path),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("terms = [format]", "write a list of entries")]
    [InlineData("terms = format", "write a list of entries")]
    [InlineData(
        "terms = [ { type = format, weight = heavy } ]",
        "r1reward.rewards.terms[0]: weight = \"heavy\": write a number.")]
    [InlineData("terms = [ { type = format, async = maybe } ]", "async = \"maybe\": write on or off.")]
    [InlineData("watch.window = 0", "write a whole number, 1 or more")]
    [InlineData(
        "consistency = off, terms = [ { type = rank, of { type = consistency } } ]",
        "a term of type consistency asks the judge: write on")]
    public void A_wrong_entry_is_refused_with_its_place(string line, string remedy)
    {
        var path = Write("r1reward.rewards {\n  " + line + "\n}\n");
        var message = Refused(path);
        Assert.StartsWith(path + ":2:3: r1reward.rewards.", message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_printed_terms_read_back_to_the_same_and_the_folder_is_absolute()
    {
        var path = Write(
            """
            r1reward.rewards {
              folder = "."
              terms = [ { type = custom, assembly = "my \"own\".dll", class = A.B, options {
                  "a.b" = "1 # no comment", c = [] } } ]
            }
            """);
        var first = Configurations.Load(path, [], _ => null).Print();
        var again = Configurations.FromSubmission(first);
        Assert.Equal(first, again.Print());
        var rewards = RunSettings.Read(again.Reader()).Rewards;
        Assert.Equal(_folder.Path, rewards.Folder.TrimEnd(Path.DirectorySeparatorChar));
        Assert.Equal("my \"own\".dll", (string?)rewards.Terms[0].Options["assembly"]);
        Assert.Equal("1 # no comment", (string?)rewards.Terms[0].Options["options"]!["a.b"]);
    }

    [Fact]
    public void A_run_reads_answers_strictly_or_leniently_and_never_learns_from_a_digit_anywhere()
    {
        Assert.Equal(AnswerReading.Strict, Read("").Rewards.Answer);
        Assert.Equal(AnswerReading.Lenient, Read("r1reward.judging.answer = lenient").Rewards.Answer);
        Assert.Contains(
            "r1reward.judging.answer = published: write one of strict, lenient",
            Refused(Write("r1reward.judging.answer = published")),
            StringComparison.Ordinal);
    }

    private RunSettings Read(string text) => RunSettings.Read(Configurations.Load(Write(text), [], _ => null).Reader());

    private static string Refused(string path) =>
        Assert.Throws<UserErrorException>(
            () => RunSettings.Read(Configurations.Load(path, [], _ => null).Reader())).Message;

    private string Write(string text)
    {
        var path = _folder.At("test.conf");
        File.WriteAllText(path, text);
        return path;
    }
}
