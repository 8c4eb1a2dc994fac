"""Lists, intervals, points, matrices, equations and words, as models write them: right and wrong beside each other."""

from tests.graders.math_values import Answers

# fmt: off
ANSWERS = (
    Answers("-3,2", (
        "The roots are -3 and 2.", "The roots are $-3$ and $2$.", "$x=-3$ or $x=2$", r"\boxed{-3, 2}",
        r"\boxed{2,-3}", r"\boxed{-3} and \boxed{2}", "x = 2, x = -3", "The solutions are $x = 2$ and $x = -3$.",
        "Thus $x=2$, $x=-3$.", r"\boxed{\{-3,2\}}", r"\boxed{x = -3 \text{ or } x = 2}", "The answer is -3, 2.",
        "-3,2", "2 and -3", r"The integer roots are $\boxed{-3}$ and $\boxed{2}$.", "The answer is: 2, -3",
        r"The answers are $\boxed{-3,2}.$", "x1 = -3, x2 = 2", "$x_1 = -3$, $x_2 = 2$", r"\[x = -3, \quad x = 2\]",
        r"So $x \in \{-3, 2\}$.", r"\boxed{-3 \text{ and } 2}", r"\boxed{x=-3,\ x=2}",
    ), (
        r"The roots are $\boxed{-3,-2,2,5}$", r"\boxed{3,2}", r"\boxed{-3}", r"\boxed{2}", r"\boxed{3,-2}",
        r"\boxed{-3,2,1}", "-3", r"\boxed{(-3,2)}", r"\boxed{[-3,2]}", "-3 < x < 2", "The roots are $3$ and $-2$.",
        r"\boxed{-3.2}", r"\boxed{-32}", r"\boxed{-3} and \boxed{5}",
    )),
    Answers(r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", (
        r"\[\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}\]",
        "So\n\\[\n\\mathbf{A} = \\begin{pmatrix}\n1 & 2 \\\\\n3 & 4\n\\end{pmatrix}.\n\\]",
        "The answer is [[1, 2], [3, 4]].", "Matrix([[1, 2], [3, 4]])",
        r"$\boxed{\begin{pmatrix} 1 & 2 \\ 3 & \frac{8}{2} \end{pmatrix}}$",
        r"The inverse is $\left(\begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array}\right)$.",
        r"$$A^{-1} = \frac{1}{2}\begin{pmatrix} 2 & 4 \\ 6 & 8 \end{pmatrix}$$",
        "```output\nMatrix([[1, 2], [3, 4]])\n```\nThe matrix is $\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}$.",
        r"\boxed{\left[\begin{matrix}1 & 2\\3 & 4\end{matrix}\right]}",
        r"\[\boxed{\begin{pmatrix} 1 & 2 \\[2pt] 3 & 4 \end{pmatrix}}\]",
    ), (
        r"\[\begin{bmatrix} 1 & 2 \\ 3 & 5 \end{bmatrix}\]", r"\boxed{\begin{pmatrix} 1 & 3 \\ 2 & 4 \end{pmatrix}}",
        r"\boxed{-2}", r"\boxed{\begin{pmatrix} 1 & 2 & 3 & 4 \end{pmatrix}}", r"\boxed{(1,2,3,4)}",
        r"\boxed{\begin{pmatrix} 1 & 2 \end{pmatrix}}", r"\boxed{\begin{pmatrix} -1 & 2 \\ 3 & 4 \end{pmatrix}}",
        r"\boxed{\begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix}}",
    )),
    Answers(r"\begin{pmatrix} 3/7 \\ -2/7 \end{pmatrix}", (
        r"\boxed{\begin{pmatrix} \frac{3}{7} \\ -\frac{2}{7} \end{pmatrix}}",
        r"\boxed{\left( \frac{3}{7}, -\frac{2}{7} \right)}",
        r"\boxed{\left\langle \frac{3}{7}, \frac{-2}{7} \right\rangle}",
        r"\[\boxed{\frac{1}{7}\begin{pmatrix}3\\-2\end{pmatrix}}\]", "The projection is (3/7, -2/7).",
    ), (
        r"\boxed{\begin{pmatrix} \frac{3}{7} \\ \frac{2}{7} \end{pmatrix}}",
        r"\boxed{\begin{pmatrix} -\frac{2}{7} \\ \frac{3}{7} \end{pmatrix}}", r"\boxed{3/7}",
        r"\boxed{\begin{pmatrix}3\\-2\end{pmatrix}}",
    )),
    Answers(r"x \in [-4,9]", (
        r"$x \in \boxed{[-4, 9]}$", r"\boxed{[-4,9]}", r"The solution is $-4 \le x \le 9$.",
        "The answer is [-4, 9].", "x ∈ [−4, 9]", r"\boxed{-4 \leq x \leq 9}", r"$x \ge -4$ and $x \le 9$",
        r"the interval $\left[-4, 9\right]$", "So -4 ≤ x ≤ 9.",
    ), (
        r"\boxed{(-4,9)}", r"\boxed{[-4,9)}", r"\boxed{[4,9]}", r"\boxed{-4 < x < 9}", r"\boxed{[-9,4]}",
        r"\boxed{\{-4,9\}}", r"\boxed{-4, 9}", r"\boxed{x \ge -4}", r"\boxed{(-\infty,-4]\cup[9,\infty)}",
    )),
    Answers(r"(-\infty, -2) \cup (3, \infty)", (
        "$x < -2$ or $x > 3$", r"\boxed{x<-2 \text{ or } x>3}", "The solution set is (-∞, -2) ∪ (3, ∞).",
        r"\boxed{(3,\infty)\cup(-\infty,-2)}", "(-inf, -2) U (3, inf)",
        r"Either $x<-2$ or $x>3$. Thus $x \in (-\infty,-2)\cup(3,\infty)$.",
        r"$\{x \mid x < -2 \text{ or } x > 3\}$", "x < -2 or x > 3", r"\boxed{(-\infty,-2)} and \boxed{(3,\infty)}",
    ), (
        r"\boxed{(-2,3)}", r"\boxed{(-\infty,-2]\cup[3,\infty)}", r"\boxed{-2<x<3}", r"\boxed{(3,\infty)}",
        r"\boxed{(-\infty,-2)\cap(3,\infty)}", r"\boxed{(-\infty,2)\cup(3,\infty)}",
    )),
    Answers("(5,-10)", (
        r"Therefore, the other endpoint is \( (5, -10) \).", r"\boxed{(5,-10)}", "(5, -10)",
        "The point is (5, −10).", "$x=5$ and $y=-10$", "x = 5, y = -10", "$(x, y) = (5, -10)$",
        r"The answer is $\left(5,-10\right)$.", r"\boxed{x=5,\ y=-10}", "The other endpoint is at $(5,-10)$",
        "So x_2 = 5 and y_2 = -10. The endpoint is (5,-10).",
    ), (
        r"\boxed{(-10,5)}", r"\boxed{(5,10)}", r"\boxed{5,-10,3}", r"\boxed{[5,-10]}", r"\boxed{5}",
        "x = -10, y = 5", r"\boxed{(5,-10,0)}", r"\boxed{(5,-10)} or \boxed{(1,2)}",
    )),
    Answers("y = 2x + 1", (
        r"\boxed{y = 2x + 1}", "y=2x+1", r"\boxed{2x+1}", "The equation is $2x - y + 1 = 0$.", r"\boxed{y - 1 = 2x}",
        r"\boxed{y = 1 + 2x}", "The line is $f(x) = 2x+1$.", r"\boxed{y=2(x+\frac12)}", "$y - 3 = 2(x - 1)$",
    ), (
        r"\boxed{y = 2x - 1}", r"\boxed{y=-2x+1}", r"\boxed{x = 2y+1}", r"\boxed{2x + y + 1 = 0}", r"\boxed{y}",
        r"\boxed{2}", r"\boxed{y = 2x + 1, y = 3}", r"\boxed{y > 2x+1}", r"\boxed{y=2x}",
    ), "Find the equation of the line through (0,1) and (1,3)."),
    Answers(r"x=\frac{y-1}{2}", (
        r"\boxed{x=\frac{y-1}{2}}", r"\boxed{\frac{y}{2}-\frac12}",
    ), (
        r"\boxed{y = 2x+1}",
    ), "Solve y = 2x+1 for x."),
    Answers("x=5", (
        "So $x = 5$.", r"\boxed{5}", "The answer is 5.", "x equals 5",
    ), (
        "x=-5", r"\boxed{2x=10}", r"\boxed{y=5}",
    ), "Solve 2x = 10."),
    Answers("1302_5", (
        r"\boxed{1302_{5}}", r"\boxed{1302_5}", "1302₅", "1302 (base 5)", r"\boxed{1302}",
        "The answer is 1302 in base 5.", r"$1302_{\text{five}}$", r"\boxed{1302_{\text{five}}}",
        "The answer is $1302_5$.", "The base-5 representation is 1302.", r"= 202_{10} = \boxed{1302_5}",
    ), (
        r"\boxed{1303_5}", r"\boxed{202}", r"\boxed{1302_6}", r"\boxed{2031_5}", r"\boxed{-1302_5}",
        r"\boxed{202_{10}}", r"\boxed{1302_{10}}",
    ), "Write 202 in base 5."),
    Answers(r"\text{odd}", (
        r"\(\boxed{\text{odd}}\)", "odd", "Odd.", r"\boxed{odd}", "The answer is odd.", r"$\text{odd}$",
        r"The answer is \text{odd}.",
    ), (
        r"\boxed{\text{even}}", "even", r"\boxed{\text{neither}}", "The function is neither odd nor even.",
        "The function is not odd.", "odd or even", r"\boxed{\text{neither odd nor even}}",
    ), "Enter \"odd\", \"even\", or \"neither\"."),
    Answers(r"\{1,2,3\}", (
        "{1, 2, 3}", r"$\{3,2,1\}$", r"\boxed{\{1, 2, 3\}}", "The set is {1,2,3}.", "1, 2, 3", "1, 2 and 3",
        "A = {1, 2, 3}",
    ), (
        "{1,2}", r"\boxed{\{1,2,3,4\}}", r"\boxed{\{1,2,4\}}", r"\boxed{(1,2,3)}", r"\boxed{6}",
    )),
    Answers("x=3,y=-2", (
        "x = 3, y = -2", r"\boxed{x=3, y=-2}", "$x=3$ and $y=-2$", "(3,-2)", "y = -2, x = 3", "$(x,y) = (3,-2)$",
        "So $x = 3$, $y = -2$.",
    ), (
        "x=-2, y=3", "(−2, 3)", "x=3", "x = 3, y = 2", r"\boxed{3}",
    ), "Solve the system."),
    Answers(r"y = -\frac{1}{2}x + 3", (
        "y = -0.5x + 3", r"\boxed{y=-\frac12 x+3}", "x + 2y = 6", "y = -x/2 + 3", "y = 3 - x/2", "-1/2x+3",
        r"\boxed{y - 3 = -\frac{1}{2}x}",
    ), (
        r"y = \frac12 x+3", "y = -2x + 3", "x+2y=3", "y=-1/(2x)+3", r"y = -\frac{1}{2}x",
    ), "Find the equation of the line."),
    Answers("(-1, 3]", (
        "(-1,3]", r"-1 < x \le 3", "x > -1 and x ≤ 3", r"\boxed{(-1,3]}", r"$-1<x\leq 3$",
    ), (
        "(-1,3)", "[-1,3]", "[-1,3)", r"-1 \le x \le 3", "-1 < x < 3", "(−1, 4]",
    )),
    Answers("x > 3", (
        "x>3", "3 < x", r"(3, \infty)", "(3,∞)", r"\boxed{x > 3}", "$3<x$", "The solution is x > 3.",
    ), (
        "x<3", r"x \ge 3", r"[3,\infty)", "x = 3", "3", "y > 3", "x>-3",
    )),
    Answers("2^{10}", (
        "1024", "2^{10}", "2^10", r"\boxed{1024}",
    ), (
        "20", "2^9", "210", "10^2",
    )),
    Answers(r"\binom{10}{3}", (
        "120", r"\binom{10}{3}", r"{10 \choose 3}", r"\boxed{\dbinom{10}{3}}", "10!/(3!7!)",
    ), (
        r"\binom{10}{4}", "10/3", "720",
    )),
    Answers(r"\pm \sqrt{5}", (
        r"\pm\sqrt{5}", "x = ±√5", r"\sqrt5, -\sqrt5", r"x=\sqrt{5} \text{ or } x=-\sqrt{5}", r"\{\sqrt5,-\sqrt5\}",
        r"$x = \sqrt{5}$ and $x = -\sqrt{5}$", "√5 and -√5",
    ), (
        r"\sqrt5", r"-\sqrt5", r"\pm 5", r"\pm\sqrt{3}",
    )),
    Answers("2:3", (
        "2:3", r"\frac{2}{3}", "2 : 3", "2/3", "The ratio is 2:3.", r"\boxed{2:3}", "2 to 3",
    ), (
        "3:2", r"\frac32", "2", "3", "2:5",
    ), "What is the ratio?"),
    Answers(r"14\sqrt{15}", (
        "Therefore, the answer is \\(\\boxed{14\\sqrt{15}}\\).\n14\\sqrt{15}",
    ), (
        "\\boxed{14\\sqrt{5}}\n14\\sqrt{15}",
    )),
    Answers(r"\emptyset", (
        r"\emptyset", "∅", r"\varnothing", r"\{\}", "{}", r"\boxed{\emptyset}",
    ), (
        "0", r"\{0\}", "1",
    )),
    Answers(r"(-\infty, \infty)", (
        r"\mathbb{R}", "(-∞,∞)", "ℝ", r"\boxed{(-\infty,\infty)}", r"$x \in \mathbb{R}$",
    ), (
        r"(0,\infty)", r"[0,\infty)", r"\emptyset",
    )),
    Answers(r"k \ge -\frac{1}{4}", (
        r"k \geq -\frac14", r"[-\frac14,\infty)", "k >= -1/4", "k ≥ -0.25",
        r"\boxed{\left[-\frac{1}{4}, \infty\right)}",
    ), (
        r"k > -\frac14", r"k \le -\frac14", r"k \ge \frac14",
    )),
    Answers(r"\frac{1}{3}, -2", (
        "x = -2 or x = 1/3", r"\boxed{-2, \frac13}", r"$x=\frac{1}{3}$ or $x=-2$", r"\left\{-2, \frac13\right\}",
    ), (
        r"\frac13", "-2", "2, 1/3", r"-\frac13, 2",
    )),
    Answers("f(x) = x^2 - 1", (
        "f(x)=x^2-1", "x^2-1", "y = x^2 - 1", "(x-1)(x+1)",
    ), (
        "x^2+1", "f(x)=x^2", "g(x) = x^2-1",
    )),
    Answers(r"\overrightarrow{AB}", (
        r"\overrightarrow{AB}",
    ), (
        r"\overrightarrow{BA}",
    )),
)
# fmt: on
