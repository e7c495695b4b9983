using System.CommandLine;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Formats;
using R1Reward.Data.Media;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward score</c>: the scores of responses by a scalar reward model, as JSON lines.</summary>
internal static class ScoreCommand
{
    private const string StandardInput = "-";

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var model = new Option<string>("--model")
        {
            Description = "folder of a scalar reward model",
            Required = true,
            HelpName = "DIR",
        };
        var file = new Argument<string?>("FILE")
        {
            Description = "JSON lines with prompt, responses and, where there are any, images; - for standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var prompt = new Option<string?>("--prompt") { Description = "a question, instead of a file" };
        var response = new Option<string[]>("--response") { Description = "a response to it; may be repeated" };
        var image = new Option<string[]>("--image")
        {
            Description = "a picture of the question; may be repeated",
            HelpName = "PATH",
        };
        var device = new Option<string>("--device")
        {
            Description = "auto, cpu or cuda:N",
            DefaultValueFactory = _ => "auto",
        };
        var dtype = new Option<string>("--dtype")
        {
            Description = "auto, float32 or bfloat16",
            DefaultValueFactory = _ => "auto",
        };
        var command = new Command("score", "score responses with a scalar reward model; prints JSON lines")
        {
            file, model, prompt, response, image, device, dtype,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var media = (parsed.GetValue(image) ?? []).Select(path => new MediaItem(MediaKind.Image, path));
            var rows = Rows(
                parsed.GetValue(file), parsed.GetValue(prompt), parsed.GetValue(response) ?? [], [.. media]);
            var settings = new DeviceSettings(parsed.GetValue(device)!, parsed.GetValue(dtype)!, 0);
            using var loaded = await ScoreModel.LoadAsync(parsed.GetValue(model)!, settings);
            foreach (var row in rows)
            {
                var (scores, problem) = await loaded.ScoreAsync(row.Prompt, row.Responses, row.Media, cancel);
                Console.WriteLine(Line(row, loaded.Heads, scores, problem).ToString(Formatting.None));
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>What is printed of a question.</summary>
    internal static JObject Line(
        ResponseRow row, IReadOnlyList<string> heads, IReadOnlyList<ScoredResponse> scores, string? problem)
    {
        var line = new JObject { ["prompt"] = row.Prompt };
        if (problem is not null)
        {
            line["problem"] = problem;
            return line;
        }

        var ranks = ScoreRanking.Ranks([.. scores.Select(one => one.Score)]);
        var probabilities = ScoreRanking.Probabilities([.. scores.Select(one => one.Logit)]);
        line["responses"] = new JArray(scores.Select((one, index) => new JObject
        {
            ["response"] = row.Responses[index],
            ["score"] = one.Score,
            ["heads"] = new JObject(heads.Zip(one.Heads, (name, score) => new JProperty(name, score))),
            ["probability"] = probabilities[index],
            ["rank"] = ranks[index],
        }));
        return line;
    }

    private static IEnumerable<ResponseRow> Rows(
        string? file, string? prompt, string[] responses, MediaItem[] media)
    {
        if (prompt is not null && file is null)
        {
            return responses.Length > 0
                ? [new ResponseRow(prompt, responses, media)]
                : throw new UserErrorException("--prompt needs at least one --response.");
        }

        if (file is null || prompt is not null || responses.Length > 0 || media.Length > 0)
        {
            throw new UserErrorException(
                "name what to score: a FILE of JSON lines (- for standard input), or --prompt with --response.");
        }

        if (file == StandardInput)
        {
            return ResponseRow.ReadAll(Lines(Console.In), "standard input", Environment.CurrentDirectory);
        }

        return File.Exists(file)
            ? ResponseRow.ReadAll(File.ReadLines(file), file, Path.GetDirectoryName(Path.GetFullPath(file))!)
            : throw new UserErrorException($"{file}: no such file; give JSON lines with prompt and responses.");
    }

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
