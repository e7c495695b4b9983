using R1Reward.Data.Scenes;

namespace R1Reward.Data.Tests.Scenes;

public sealed class SceneReaderTests
{
    [Theory]
    [InlineData(SceneQuestionKind.Count, QuestionPlace.After)]
    [InlineData(SceneQuestionKind.Existence, QuestionPlace.After)]
    [InlineData(SceneQuestionKind.Colour, QuestionPlace.After)]
    [InlineData(SceneQuestionKind.Position, QuestionPlace.After)]
    [InlineData(SceneQuestionKind.Comparison, QuestionPlace.After)]
    [InlineData(SceneQuestionKind.Count, QuestionPlace.Before)]
    [InlineData(SceneQuestionKind.Count, QuestionPlace.Both)]
    [InlineData(SceneQuestionKind.Existence, QuestionPlace.Before)]
    [InlineData(SceneQuestionKind.Existence, QuestionPlace.Both)]
    [InlineData(SceneQuestionKind.Colour, QuestionPlace.Before)]
    [InlineData(SceneQuestionKind.Colour, QuestionPlace.Both)]
    [InlineData(SceneQuestionKind.Position, QuestionPlace.Before)]
    [InlineData(SceneQuestionKind.Position, QuestionPlace.Both)]
    [InlineData(SceneQuestionKind.Comparison, QuestionPlace.Before)]
    [InlineData(SceneQuestionKind.Comparison, QuestionPlace.Both)]
    public void What_a_scene_says_in_words_is_read_back_to_the_same_reasoning(
        SceneQuestionKind kind, QuestionPlace place)
    {
        var options = new SceneOptions { Kinds = [kind], MaxObjects = 9, Noise = 0, Question = place };
        var generator = new SceneGenerator(3, options);
        for (var index = 0; index < 50; index++)
        {
            var made = generator.Generate(SceneSide.Train, index).Pair;
            var read = SceneReader.Read(made.Question);

            Assert.Equal(place == QuestionPlace.Before, made.Question.EndsWith('.'));
            Assert.Equal(place == QuestionPlace.After, made.Question.StartsWith("Scene", StringComparison.Ordinal));
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
    [InlineData("How many of colour red, shape any? Scene: red circle. How many of colour any, shape any?")]
    [InlineData("Scene: red circle.")]
    [InlineData("How many of colour red, shape any? Scene: red circle")]
    public void Other_texts_are_no_scenes(string text) => Assert.Null(SceneReader.Read(text));
}
