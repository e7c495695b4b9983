using R1Reward.Data;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Models.Configuration;

public sealed class GenerationDefaultsTests
{
    [Theory]
    [InlineData("{}", "nothing", 0)]
    [InlineData("{ 'eos_token_id': 5 }", "nothing", 1)]
    [InlineData(
        "{ 'do_sample': true, 'temperature': 0.7, 'top_k': 20, 'eos_token_id': [5, 6] }",
        "temperature 0.7, top-k 20",
        2)]
    [InlineData("{ 'num_beams': 1, 'typical_p': 1.0, 'bad_words_ids': null, 'max_new_tokens': 9 }", "nothing", 0)]
    [InlineData("{ 'do_sample': false, 'repetition_penalty': 1.05 }", "no sampling, repetition-penalty 1.05", 0)]
    public void What_is_stated_is_shown_and_what_is_not_is_not_made_up(string json, string shown, int stopTokens)
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "generation_config.json"), json);
        var defaults = GenerationDefaults.Load(folder.Path);
        Assert.Equal(shown, defaults.ToString());
        Assert.Equal(stopTokens, defaults.StopTokens.Count);
    }

    [Fact]
    public void Proposals_that_are_not_computed_are_shown_and_refused_where_they_are_to_be_used()
    {
        using var folder = new TempFolder();
        folder.Write("generation_config.json", "{ 'num_beams': 4, 'stop_strings': ['x'], 'top_k': 20 }");
        var defaults = GenerationDefaults.Load(folder.Path);
        Assert.Equal(
            "top-k 20, num_beams 4 (not computed), stop_strings [\"x\"] (not computed)",
            defaults.ToString());
        var error = Assert.Throws<UserErrorException>(defaults.RequireComputed);
        Assert.Contains("num_beams 4", error.Message, StringComparison.Ordinal);
        new GenerationDefaults { TopK = 20 }.RequireComputed();
    }

    [Fact]
    public void Without_a_file_nothing_is_proposed()
    {
        using var folder = new TempFolder();
        Assert.Equal(new GenerationDefaults(), GenerationDefaults.Load(folder.Path));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{ 'temperature': 'warm' }")]
    public void A_broken_file_is_named(string json)
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "generation_config.json"), json);
        Assert.Contains(
            "generation_config.json",
            Assert.Throws<UserErrorException>(() => GenerationDefaults.Load(folder.Path)).Message,
            StringComparison.Ordinal);
    }
}
