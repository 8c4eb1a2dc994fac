"""Values and expressions, as models write them: right and wrong ones beside each other."""

from typing import NamedTuple


class Answers(NamedTuple):
    """What is right for a gold answer, and what is not."""

    gold: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    question: str = ""


# fmt: off
ANSWERS = (
    Answers(r"2\sqrt{3}", (
        r"The answer is $2\sqrt{3}$.", "2√3", r"$2\sqrt3$", r"\boxed{2\sqrt{3}}", r"So $x = 2\sqrt{3}$.",
        "Thus the length is 2√3 cm.", "The final answer is: 2*sqrt(3)", r"**Answer:** $2\sqrt{3}$", "**2√3**",
        r"#### 2\sqrt{3}", r"Answer: 2\sqrt{3}", "\\[\nx = \\sqrt{12} = 2\\sqrt{3}\n\\]",
        "We get\n\\begin{align*}\nx &= \\sqrt{12}\\\\\n&= 2\\sqrt{3}.\n\\end{align*}",
        r"Hence $\boxed{x = 2\sqrt{3}}$.", r"$$\boxed{2\sqrt{3} \text{ units}}$$", r"The answer is $\sqrt{12}$",
        r"Therefore, the side length is $2\sqrt{3} \approx 3.46$ units.", "The length is `2*sqrt(3)`.",
        "```python\nprint(2*sqrt(3))\n```\n```output\n2*sqrt(3)\n```", "x = 2 * 3^(1/2)", r"2 \cdot \sqrt{3}",
        r"2\,\sqrt{3}", r"the answer is 2 \sqrt{3}.", r"\(2\sqrt{3}\)", r"\[2\sqrt{3}\]", r"$$2\sqrt{3}$$",
        r"The answer is \boxed{2\sqrt{3}}. I hope it is correct.",
        r"Final Answer: The final answer is $2\sqrt{3}$. I hope it is correct.",
        "<think>maybe $3$</think>\n$2\\sqrt{3}$", r"The side is \(2\sqrt{3}\) cm, which is about 3.46 cm.",
        "So the answer is 2√3, not 3√2.", "{\"answer\": \"2\\\\sqrt{3}\"}", r"$2\sqrt{3}$ is the answer.",
        r"I first thought $3$. Wait, let me recompute: $\sqrt{12} = 2\sqrt3$.", "the answer should be 2sqrt(3)",
        "The answer is 3.4641016", r"2 \sqrt[2]{3}", r"The area is $\frac{6}{\sqrt{3}}$", "AB = 2√3",
        r"$AB = 2\sqrt{3}$", r"$|AB| = 2\sqrt{3}$", "d = √(12) = 2√3", "The distance is √12 ≈ 3.46.",
        r"The exact value is $2\sqrt{3}$ (about 3.46).",
    ), (
        r"The answer is $3\sqrt{2}$.", r"\boxed{2\sqrt{3}+1}", r"\boxed{-2\sqrt{3}}", r"\boxed{2\sqrt{3}, 5}",
        r"\boxed{\pm 2\sqrt{3}}", r"The answer is $2\sqrt{3}$ or $3\sqrt{2}$.", r"The answer is $2\sqrt{3}i$",
        "the answer is 3.46", r"The answer is not $2\sqrt{3}$.", r"$2\sqrt{3}$ is wrong.", r"\boxed{3}",
        r"\boxed{2\sqrt{3}x}", r"\boxed{\frac{2\sqrt{3}}{3}}", r"\boxed{2\sqrt{30}}", r"\boxed{2\sqrt[3]{3}}",
        r"\boxed{\text{none}}", r"First I get $2\sqrt{3}$. So the answer is $\boxed{4}$.", r"\boxed{(2\sqrt{3}, 0)}",
        r"\boxed{x < 2\sqrt{3}}", r"\boxed{[0, 2\sqrt{3}]}", "I don't know.", "The answer is 2√3 + 2.",
        "The answer is 2√3/3", "2√3π", r"The answer is either $2\sqrt3$ or $4\sqrt 3$",
        r"If it were $2\sqrt{3}$, we would have a contradiction, so the answer is $4$.", r"\boxed{12\sqrt{3}}",
        r"The answer isn't $2\sqrt{3}$", r"\boxed{2\sqrt{3}} or \boxed{3}", r"2\sqrt{3} \neq 4, so the answer is 4",
    )),
    Answers(r"\frac{y-1}{2}", (
        r"\boxed{x = \frac{y-1}{2}}",
    ), (
        r"\boxed{y = 2x+1}",
    ), "Solve y = 2x+1 for x."),
    Answers("1302_{5}", (
        r"\boxed{1302_{5}}", r"\boxed{1302_5}", "1302₅", "1302 (base 5)", r"\boxed{1302}",
        "The answer is 1302 in base 5.", r"$1302_{\text{five}}$", r"\boxed{1302_{\text{five}}}",
        "The answer is $1302_5$.", "The base-5 representation is 1302.", r"= 202_{10} = \boxed{1302_5}",
    ), (
        r"\boxed{1303_5}", r"\boxed{202}", r"\boxed{1302_6}", r"\boxed{2031_5}", r"\boxed{-1302_5}",
        r"\boxed{202_{10}}", r"\boxed{1302_{10}}",
    ), "Write 202 in base 5."),
    Answers("5x+7", (
        r"\boxed{5x+7}", "The simplified form is 5x + 7.", "5x+7", "7+5x", "$5x + 7$", r"\(2x+3x+7 = 5x+7\)",
        "So we get: 5x + 7", "= 5x + 7", "The expression simplifies to 5x+7.", r"\[2x + 3x + 7 = 5x + 7.\]",
    ), (
        "5x-7", "7x+5", r"\boxed{5x}", r"\boxed{5x+7+y}", r"\boxed{5x=7}", "5x + 7 = 0", r"\boxed{5x+70}",
        r"\boxed{5y+7}", "5x",
    )),
    Answers(r"4\pi", (
        r"\boxed{4\pi}", "4π", "The area is 4π square units.", r"$4\pi \approx 12.57$",
        r"The ring has area $4\pi\text{ cm}^2$.", "4 * pi", "4pi", "12.566371",
        r"\boxed{4 \pi \text{ square centimeters}}", "A = π(3)² − 5π = 9π − 5π = 4π",
    ), (
        r"\boxed{4}", r"\boxed{5\pi}", "12.57", r"\boxed{4\pi^2}", r"\boxed{4\pi r}", r"\boxed{14\pi}",
        r"\boxed{\frac{4}{\pi}}", "9π − 4π = 5π", "4 square units",
    )),
    Answers("3-4i", (
        r"\boxed{3-4i}", "3 - 4i", "-4i + 3", "The number is $3 - 4i$.", "3-4 i", r"$3-4\mathrm{i}$", "z = 3 - 4i",
    ), (
        "3+4i", r"\boxed{-3+4i}", r"\boxed{4-3i}", r"\boxed{3}", r"\boxed{-4i}", r"\boxed{5}", r"\boxed{3-4j}",
    )),
    Answers(r"\frac{\sqrt{3}}{3}", (
        r"\boxed{\frac{1}{\sqrt{3}}}", "sqrt(3)/3", "1/√3", "√3/3", r"\boxed{\frac{\sqrt 3}3}",
        r"\frac{\sqrt{3}}{3}", r"\tan 30^\circ = \boxed{\dfrac{\sqrt{3}}{3}}", "0.577350269",
    ), (
        r"\boxed{\sqrt{3}}", r"\boxed{\frac{\sqrt{3}}{2}}", r"\boxed{-\frac{\sqrt{3}}{3}}", "√3", "0.577",
        r"\boxed{\frac{3}{\sqrt{3}}}", "sqrt(3/3)",
    )),
    Answers(r"\sec x", (
        r"\boxed{\sec x}", r"\frac{1}{\cos x}", "1/cos(x)", "sec(x)", r"$\sec x$", r"\boxed{\sec{x}}",
        r"\boxed{\sec(x)}", "sec x",
    ), (
        r"\boxed{\tan x \sec x}", r"\boxed{-\sec x}", r"\boxed{\sec^2 x}", r"\boxed{\csc x}", r"\boxed{\cos x}",
        r"\boxed{\sec 2x}", r"\boxed{\sec y}", r"\boxed{\sec x + \tan x}",
    ), "Simplify the expression."),
    Answers("x^2+C", (
        r"\boxed{x^2+C}", "$x^2 + C$",
    ), (
        r"\boxed{x^2}", "x^3+C",
    )),
    Answers(r"\frac{200}{3}\%", (
        r"\boxed{\frac{200}{3}\%}", r"66\frac{2}{3}\%", r"\boxed{66 \frac23 \%}", "200/3 %", r"\frac{200}{3}",
    ), (
        "66%", r"\boxed{\frac{100}{3}\%}", r"\boxed{\frac{200}{3}x}",
    )),
    Answers(r"8\sqrt{3} \text{ cm}^2", (
        "8√3 cm²", r"\boxed{8\sqrt{3}}", r"\boxed{8\sqrt{3}\text{ cm}^2}",
        r"The area is $8\sqrt{3}$ square centimeters.", "8*sqrt(3) sq. cm", r"8\sqrt{3}\ \mathrm{cm}^2",
    ), (
        "8√3 m²", "8 cm^2", r"\boxed{8\sqrt{3}\text{ cm}^3}", r"\boxed{3\sqrt{8}}",
    )),
    Answers("5!", (
        "120", "5!", r"\boxed{120}",
    ), (
        "5", "24",
    )),
    Answers(r"\log_2 5", (
        r"\log_2 5", r"\frac{\ln 5}{\ln 2}", r"\log_{2}(5)", "log(5)/log(2)",
    ), (
        r"\log_5 2", r"\ln 5", "5",
    )),
    Answers(r"\ln 2", (
        r"\ln 2", "ln(2)", r"\boxed{\ln(2)}",
    ), (
        r"\ln 3", "2", "e^2", r"-\ln 2",
    )),
    Answers(r"2\pi k", (
        r"2k\pi", r"2\pi k", "2πk",
    ), (
        r"\pi k", "2k",
    )),
    Answers(r"\frac{x+1}{x-2}", (
        "(x+1)/(x-2)", r"\frac{1+x}{x-2}", r"\boxed{\dfrac{x+1}{x-2}}", r"-\frac{x+1}{2-x}", r"1 + \frac{3}{x-2}",
    ), (
        "x+1/(x-2)", "x+1/x-2", r"\frac{x-2}{x+1}", r"\frac{x+1}{2-x}",
    )),
    Answers("(2x-3)(x+4)", (
        "(x+4)(2x-3)", "2x^2+5x-12", "(2x - 3)(x + 4)", "$(2x-3)(x+4)$",
    ), (
        "(2x+3)(x-4)", "(2x-3)", "2x^2+5x+12",
    )),
    Answers(r"\frac{3}{4}\pi", (
        r"\frac{3\pi}{4}", "3π/4", "0.75π", r"135^\circ",
    ), (
        r"\frac{4\pi}{3}", r"\frac34", "3π",
    )),
    Answers("10^{-3}", (
        "0.001", "10^{-3}", "1/1000", "10⁻³",
    ), (
        "10^3", "-1000", "10^{-2}",
    )),
)
# fmt: on
