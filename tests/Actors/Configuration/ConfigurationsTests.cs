using System.Globalization;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Prompts;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Configuration;

public sealed class ConfigurationsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_reference_file_alone_is_a_valid_configuration()
    {
        var settings = RunSettings.Read(Configurations.Load(null, [], _ => null).Reader());

        Assert.Equal("run", settings.Name);
        Assert.Equal(256, settings.Rl.PromptsPerStep);
    }

    [Fact]
    public void A_submitted_run_carries_the_text_of_its_template()
    {
        const string text = "\n Q \\ \"{question}\"\n\t1 {response1}\n2 {response2}\n<why>x</why><best>1</best> ";
        File.WriteAllText(_folder.At("judge.txt"), text);
        var path = Write("""r1reward.model.template = "judge.txt" """);

        var submitted = Configurations.Load(path, [], _ => null).Print();
        File.Delete(_folder.At("judge.txt"));

        var template = RunSettings.Read(Configurations.FromSubmission(submitted).Reader()).Model.Template;
        Assert.Equal(("judge.txt", text), (template.Id, template.Source));
        Assert.Equal("best", template.Tags.Answer);
        Assert.Contains(
            $"{path}:1:1: r1reward.model.template = judge.txt: unknown prompt template",
            Assert.Throws<UserErrorException>(() => Read(path)).Message);
    }

    [Fact]
    public void Only_a_scalar_model_begins_with_the_lesson_of_responses()
    {
        RunSettings Set(params string[] more) => RunSettings.Read(
            Configurations.Load(null, ["r1reward.sft.lesson=responses", .. more], _ => null).Reader());

        Assert.Equal(SftLesson.Responses, Set("r1reward.srm.enabled=on", "r1reward.rl.steps=0").Sft.Lesson);
        Assert.Equal(SftLesson.Responses, Set("r1reward.sft.enabled=off").Sft.Lesson);
        Assert.Contains(
            "r1reward.sft.lesson = responses: a judge is taught judgments",
            Assert.Throws<UserErrorException>(() => Set()).Message);
        Assert.Contains(
            "r1reward.sft.evaluate-every = 5: a model that is taught responses judges nothing",
            Assert.Throws<UserErrorException>(() => Set("r1reward.sft.evaluate-every=5")).Message);
    }

    [Fact]
    public void Training_is_as_long_as_steps_or_as_passes_say_and_never_as_both()
    {
        string[] file = ["r1reward.data.source=file", $"r1reward.data.train={_folder.At("pairs.jsonl")}"];
        RunSettings Set(params string[] more) =>
            RunSettings.Read(Configurations.Load(null, [.. file, .. more], _ => null).Reader());
        string Mistake(params string[] more) => Assert.Throws<UserErrorException>(() => Set(more)).Message;
        File.WriteAllText(_folder.At("pairs.jsonl"), "");

        var length = Set("r1reward.rl.num-train-epochs=1.5").Rl.Optimizer.Length;
        Assert.Equal(19, length.StepsOver(items: 100, itemsPerStep: 8));
        Assert.Equal(20, Set().Rl.Optimizer.Length.StepsOver(items: 100, itemsPerStep: 8));
        Assert.Equal(2, Set("r1reward.sft.num-train-epochs=2", "r1reward.sft.steps=0").Sft.Optimizer.Length.Epochs);
        Assert.Contains(
            "r1reward.sft.num-train-epochs = 2: r1reward.sft.steps = 9 is written, too; write one of them",
            Mistake("r1reward.sft.num-train-epochs=2", "r1reward.sft.steps=9"));
        Assert.Contains(
            "r1reward.rl.num-train-epochs = 1: scenes have no end: write steps",
            Mistake("r1reward.rl.num-train-epochs=1", "r1reward.data.source=scenes"));
        var submitted = Configurations.Load(null, [.. file, "r1reward.rl.num-train-epochs=3"], _ => null).Print();
        Assert.Equal(3, RunSettings.Read(Configurations.FromSubmission(submitted).Reader()).Rl.Optimizer.Length.Epochs);
    }

    [Fact]
    public void Half_precision_is_for_sampling()
    {
        string Mistake(string section) => Assert.Throws<UserErrorException>(() => RunSettings.Read(
            Configurations.Load(null, [$"r1reward.{section}.dtype=float16"], _ => null).Reader())).Message;

        Assert.Contains("r1reward.learner.dtype = float16: small gradients are 0 in it", Mistake("learner"));
        Assert.Contains("r1reward.sft-worker.dtype = float16: small", Mistake("sft-worker"));
        var rollout = Configurations.Load(null, ["r1reward.rollout.dtype=float16"], _ => null).Reader();
        Assert.Equal("float16", RunSettings.Read(rollout).Rollout.Device.DType);
    }

    [Fact]
    public void All_mistakes_come_at_once_each_with_file_line_key_value_and_remedy()
    {
        var path = Write(
            """
            r1reward {
              rl {
                steps = -3
                loss = magic
              }
              judge.timeout = soon
            }
            """);

        var lines = Assert.Throws<UserErrorException>(() => Read(path)).Message.Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.Contains(
            lines, line => line.StartsWith($"{path}:3:5: r1reward.rl.steps = -3: write a whole number, 0 or more"));
        Assert.Contains(
            lines, line => line.StartsWith($"{path}:4:5: r1reward.rl.loss = magic: write one of stable-reinforce"));
        Assert.Contains(lines, line => line.StartsWith($"{path}:6:3: r1reward.judge.timeout = soon"));
    }

    [Fact]
    public void Media_are_as_the_models_folder_says_unless_the_run_asks_for_more()
    {
        var media = Read(Write("")).Model.Media;
        Assert.Equal(new MediaLimits(), media.Limits);
        Assert.Equal(new DecodingOptions(), media.Decoding);

        var asked = Read(Write("""
            r1reward.model.media {
              rule = qwen-vl-utils008, max-pixels = 501760, frames = 32, colours = upright
            }
            """)).Model.Media;
        Assert.Equal(
            new MediaLimits { Rule = MediaRule.QwenVlUtils008, MaxPixels = 501760, Frames = 32 }, asked.Limits);
        Assert.Equal(ColourRule.Upright, asked.Decoding.Colours);
    }

    [Theory]
    [InlineData(
        "min-pixels = 9, max-pixels = 8",
        "r1reward.model.media.max-pixels = 8: write at least min-pixels, which is 9.")]
    [InlineData(
        "min-frames = 9, max-frames = 8",
        "r1reward.model.media.max-frames = 8: write at least min-frames, which is 9.")]
    [InlineData(
        "frames = 4, frames-per-second = 1",
        "r1reward.model.media.frames = 4: write 0, or set frames-per-second to 0: only one of them can hold.")]
    public void Media_limits_that_contradict_each_other_are_refused(string limits, string message) =>
        Assert.EndsWith(
            message,
            Assert.Throws<UserErrorException>(() => Read(Write($"r1reward.model.media {{ {limits} }}"))).Message);

    [Theory]
    [InlineData("", UntrustedText.Sanitized)]
    [InlineData("r1reward.model.untrusted-text = published", UntrustedText.Published)]
    public void Control_tokens_in_data_are_text_unless_the_published_behaviour_is_named(
        string line, UntrustedText expected) =>
        Assert.Equal(expected, Read(Write(line)).Model.UntrustedText);

    [Theory]
    [InlineData("8")]
    [InlineData("8KiB")]
    [InlineData("8 gigs")]
    [InlineData("much")]
    [InlineData("99999999999999999999GiB")]
    [InlineData("999999999999GiB")]
    [InlineData("17179869185GiB")]
    public void Memory_wants_a_unit_and_a_sensible_amount(string written) => Assert.EndsWith(
        "write a whole number with a unit (MiB, GiB, MB, GB), 1MiB or more, for example 8GiB",
        Assert.Throws<UserErrorException>(
            () => Read(Write($"r1reward.rollout.cache-memory = {written}"))).Message.TrimEnd('.'));

    [Fact]
    public void Memory_is_read_in_bytes() =>
        Assert.Equal(3L << 29, Read(Write("r1reward.rollout.cache-memory = 1536MiB")).Rollout.CacheBytes);

    [Fact]
    public void A_misspelt_key_is_refused_with_its_line_and_the_nearest_known_one()
    {
        var path = Write("r1reward {\n  rl {\n    learning-rat = 1e-4\n  }\n}\n");

        var message = Assert.Throws<UserErrorException>(() => Read(path)).Message;

        Assert.Equal(
            $"{path}:3:5: r1reward.rl.learning-rat: unknown key. Did you mean r1reward.rl.learning-rate?", message);
    }

    [Fact]
    public void Command_line_beats_environment_beats_file()
    {
        var path = Write("r1reward.run { name = file, seed = 1, folder = fromfile }");

        var effective = Configurations.Load(
            path,
            ["r1reward.run.name=line"],
            name => name switch { "R1_RUN_NAME" => "env", "R1_SEED" => "7", _ => null });
        var reader = effective.Reader();

        Assert.Equal(
            ("line", "7", "fromfile"),
            (reader.Text("r1reward.run.name"), reader.Text("r1reward.run.seed"), reader.Text("r1reward.run.folder")));
    }

    [Fact]
    public void The_printed_configuration_reads_back_to_the_same()
    {
        var first = Configurations.Load(
            Write("r1reward.judge.endpoints = [\"http://127.0.0.1:1/v1\"], r1reward.rl.steps = 7"),
            [],
            _ => null).Print();

        Assert.Equal(first, Configurations.FromSubmission(first).Print());
        Assert.Contains("steps = 7", first);
    }

    [Fact]
    public void Includes_are_found_beside_the_including_file()
    {
        File.WriteAllText(_folder.At("base.conf"), "r1reward.rl.steps = 5\n");
        var path = Write("include \"base.conf\"\nr1reward.run.name = x\n");

        Assert.Equal(5, RunSettings.Read(Configurations.Load(path, [], _ => null).Reader()).Rl.Steps);
    }

    [Fact]
    public void A_mistake_in_an_included_file_is_told_with_that_files_line()
    {
        File.WriteAllText(_folder.At("base.conf"), "\nr1reward.rl.steps = many\n");
        var path = Write("include \"base.conf\"\n");

        var message = Assert.Throws<UserErrorException>(() => Read(path)).Message;

        Assert.StartsWith($"{_folder.At("base.conf")}:2:1: r1reward.rl.steps = many: ", message);
    }

    [Theory]
    [InlineData("r1reward.rewards.terms=[{ type = result }, { type = format, weight = 0.5 }]")]
    [InlineData("r1reward.rewards.terms = [ {type=result}, {\"type\"=\"format\",weight=0.5} ]")]
    public void A_list_of_entries_can_be_set_on_the_command_line(string written)
    {
        var reader = Configurations.Load(null, [written], _ => null).Reader();

        Assert.Equal(
            ["result", "format"], reader.Entries("r1reward.rewards.terms").Select(entry => (string?)entry["type"]));
    }

    [Fact]
    public void A_list_of_addresses_needs_no_quotes_on_the_command_line() => Assert.Equal(
        ["http://a:1/v1", "http://b:2/v1"],
        Configurations.Load(null, ["r1reward.judge.endpoints=[http://a:1/v1, http://b:2/v1]"], _ => null)
            .Reader()
            .List("r1reward.judge.endpoints"));

    [Fact]
    public void Of_very_many_mistakes_twenty_are_shown_and_the_rest_is_counted()
    {
        var path = Write(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"r1reward.unknown.k{i} = 1\n")));

        var lines = Assert.Throws<UserErrorException>(() => Read(path)).Message.Split('\n');

        Assert.Equal(21, lines.Length);
        Assert.Equal("... and 199980 more.", lines[^1]);
    }

    [Fact]
    public void One_unknown_key_among_very_many_known_ones_is_told_in_little_time()
    {
        var known = Enumerable.Range(0, 200_000).Select(i => $"r1reward.judge.headers.k{i} = 1\n");
        Assert.Throws<UserErrorException>(() => Read(Write("r1reward.rl.stepz = 3")));
        var path = Write(string.Concat(known.Append("r1reward.rl.stepz = 3\n")));
        var began = ComputedSeconds();

        var message = Assert.Throws<UserErrorException>(() => Read(path)).Message;

        // About one; what others compute meanwhile does not count.
        Assert.InRange(ComputedSeconds() - began, 0, 8);
        Assert.Equal($"{path}:200001:1: r1reward.rl.stepz: unknown key. Did you mean r1reward.rl.steps?", message);
    }

    [Theory]
    [InlineData("x ")]
    [InlineData(" x\n")]
    [InlineData("\tx\r\n\u0001")]
    public void A_text_in_quotes_keeps_the_blanks_and_line_ends_around_it_also_when_it_is_submitted(string text)
    {
        var quoted = HoconTree.Quote(text);
        var path = Write(
            $$"""
            r1reward.judge { model = {{quoted}}, body { stop = [{{quoted}}], suffix = {{quoted}} } }
            r1reward.rewards.terms = [ { type = custom, options { prompt = {{quoted}} } } ]
            """);

        var configuration = Configurations.Load(path, [], _ => null);
        var submitted = Configurations.FromSubmission(configuration.Print());

        Assert.All([configuration, submitted], read =>
        {
            var reader = read.Reader();
            Assert.Equal(text, reader.Text("r1reward.judge.model"));
            var body = reader.Section("r1reward.judge.body");
            Assert.Equal((text, text), ((string?)body["suffix"], (string?)body["stop"]![0]));
            var term = Assert.Single(reader.Entries("r1reward.rewards.terms"));
            Assert.Equal(text, (string?)term["options"]!["prompt"]);
        });
    }

    [Theory]
    [InlineData("r1reward.judge.model = null", ":1:1: r1reward.judge.model = null: leave the key out")]
    [InlineData("\"r1reward.rl.steps\" = 3", ":1:1: \"r1reward.rl.steps\": unknown key")]
    [InlineData("r1reward.run.name = \"a\\nb\"", "r1reward.run.name = a\\u000ab: write a folder name")]
    public void What_would_pass_for_something_else_is_told_in_one_line(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => Read(Write(text))).Message);

    [Fact]
    public void Null_leaves_a_field_out_where_the_user_names_the_fields() => Assert.Null(
        (string?)Read(Write("r1reward.judge.body { temperature = null }")).Judge.Options.Body!["temperature"]);

    [Fact]
    public void A_missing_file_is_one_line()
    {
        var message = Assert.Throws<UserErrorException>(() => Read("no-such.conf")).Message;

        Assert.StartsWith("no-such.conf: no such configuration file", message);
        Assert.DoesNotContain('\n', message);
    }

    private static RunSettings Read(string path) => RunSettings.Read(Configurations.Load(path, [], _ => null).Reader());

    /// <summary>Seconds that this thread has had of a processor.</summary>
    private static double ComputedSeconds() => double.Parse(
        File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e9;

    private string Write(string text)
    {
        var path = _folder.At("test.conf");
        File.WriteAllText(path, text);
        return path;
    }
}
