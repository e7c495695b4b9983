using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Policy.Tokenization.Jinja;
using R1Reward.Tests.Support;
using Xunit;

namespace R1Reward.Reference.Tests.Chat;

public sealed class ChatCaseTests
{
    private const string Section = "chat";

    [ReferenceTheory(Section, "cases")]
    public void Conversations_are_rendered_as_the_published_templates_are(string name)
    {
        var special = ((JObject)RowFile.About(Section)["special_tokens"]!)
            .Properties()
            .ToDictionary(token => token.Name, token => (string)token.Value!);
        var templates = Directory
            .EnumerateFiles(Fixtures.Path(Section), "*.jinja")
            .ToDictionary(
                path => Path.GetFileNameWithoutExtension(path)!,
                path => JinjaTemplate.Parse(File.ReadAllText(path), path));
        RowFile.AssertAll(Section, name, row =>
        {
            var renderer = new ChatRenderer(templates[(string)row["template"]!], special, TimeProvider.System);
            var request = new ChatRequest
            {
                Messages = [.. row["messages"]!.Select(message => JsonValues.Mapping((JObject)message))],
                Tools = row["tools"] is { } tools ? JsonValues.From(tools) : null,
                AddGenerationPrompt = (bool)row["add_generation_prompt"]!,
                ContinueFinalMessage = (bool?)row["continue_final_message"] == true,
                Variables = Variables(row),
            };
            AssertRendered(row, () => renderer.Render(request));
        });
    }

    [ReferenceTheory(Section, "jinja")]
    public void Templates_mean_what_jinja_says(string name) =>
        RowFile.AssertAll(Section, name, row =>
            AssertRendered(row, () =>
                JinjaTemplate
                    .Parse((string)row["template"]!, "template")
                    .Render(Variables(row), TimeProvider.System)));

    private static void AssertRendered(JObject row, Func<MarkedText> render)
    {
        if ((string?)row["error"] is not { } expected)
        {
            Assert.Equal((string)row["text"]!, render().Value);
            return;
        }

        // Only what a template gives to raise_exception is worded by the template and not by the engine.
        var error = Assert.Throws<UserErrorException>(render);
        Assert.Contains(
            expected.StartsWith("TemplateError: ", StringComparison.Ordinal)
                ? expected["TemplateError: ".Length..]
                : "line ",
            error.Message,
            StringComparison.Ordinal);
    }

    private static Dictionary<string, object?> Variables(JObject row) =>
        ((JObject)row["variables"]!)
            .Properties()
            .ToDictionary(variable => variable.Name, variable => JsonValues.From(variable.Value));
}
