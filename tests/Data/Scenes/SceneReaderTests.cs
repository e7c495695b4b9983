using R1Reward.Data.Scenes;

namespace R1Reward.Data.Tests.Scenes;

public sealed class SceneReaderTests
{
    [Theory]
    [InlineData(SceneQuestionKind.Count, false)]
    [InlineData(SceneQuestionKind.Existence, false)]
    [InlineData(SceneQuestionKind.Colour, false)]
    [InlineData(SceneQuestionKind.Position, false)]
    [InlineData(SceneQuestionKind.Comparison, false)]
    [InlineData(SceneQuestionKind.Count, true)]
    [InlineData(SceneQuestionKind.Existence, true)]
    [InlineData(SceneQuestionKind.Colour, true)]
    [InlineData(SceneQuestionKind.Position, true)]
    [InlineData(SceneQuestionKind.Comparison, true)]
    public void What_a_scene_says_in_words_is_read_back_to_the_same_reasoning(
        SceneQuestionKind kind, bool questionFirst)
    {
        var options = new SceneOptions { Kinds = [kind], MaxObjects = 9, Noise = 0, QuestionFirst = questionFirst };
        var generator = new SceneGenerator(3, options);
        for (var index = 0; index < 50; index++)
        {
            var made = generator.Generate(SceneSide.Train, index).Pair;
            var read = SceneReader.Read(made.Question);

            Assert.Equal(questionFirst, made.Question.EndsWith('.'));
            Assert.NotNull(read);
            var (scene, question) = read.Value;
            Assert.Equal(made.Judgment, SceneTrace.Write(scene, question, made.Response1, made.Response2));
        }
    }

    [Theory]
    [InlineData("2 + 2?")]
    [InlineData("Scene: red circle. Who are you?")]
    [InlineData("Scene: red circle. How many of colour pink, shape any?")]
    [InlineData("Scene: red cat. How many of colour red, shape any?")]
    [InlineData("Scene: . How many of colour red, shape any?")]
    [InlineData("Scene: red circle. How many of colour red, shape any? Say one.")]
    [InlineData("How many of colour red, shape any? Scene: red circle. How many of colour red, shape any?")]
    [InlineData("How many of colour red, shape any? Scene: red circle")]
    public void Other_texts_are_no_scenes(string text) => Assert.Null(SceneReader.Read(text));
}
